import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { commitTime, manifestOf, root } from "./Manifests.ts"
import { runtimeOf, type System } from "./NodeRuntime.ts"

/** A file of a Debian package: where it goes, and its text or the path that it is copied from. */
interface PackagedFile {
  readonly path: string
  readonly text?: string
  readonly from?: string
  readonly mode?: number
}

interface DebianPackage {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly files: ReadonlyArray<PackagedFile>
  readonly conffiles?: ReadonlyArray<string>
  readonly scripts?: Readonly<Record<"postinst" | "prerm" | "postrm", string>>
  readonly depends: string
}

const own = (name: string) => readFileSync(join(import.meta.dirname, "debian", name), "utf8")
const of = (path: string) => readFileSync(join(root, path), "utf8")

const compressed = (text: string): Buffer => execFileSync("gzip", ["-9n"], { input: text })

const copyright = (notices: string) => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: cbr

Files: *
Copyright: the authors of cbr
License: MIT

License: MIT
${of("LICENSE")
  .trim()
  .split("\n")
  .map((line) => (line === "" ? " ." : ` ${line}`))
  .join("\n")}

Comment: what the program contains, and Node, have licences of their own: see THIRD-PARTY-NOTICES.txt.
 ${notices.split("\n")[0] ?? ""}
`

const documentation = (name: string, app: string, version: string): ReadonlyArray<PackagedFile> => {
  const notices = of(`${app}/dist/THIRD-PARTY-NOTICES.txt`)
  return [
    { path: `usr/share/doc/${name}/copyright`, text: copyright(notices) },
    { path: `usr/share/doc/${name}/THIRD-PARTY-NOTICES.txt`, text: notices },
    { path: `usr/share/doc/${name}/README.md`, text: of(`${app}/README.md`) },
    {
      path: `usr/share/doc/${name}/changelog.gz`,
      text: `cbr (${version}) stable; urgency=medium\n\n  * See the changelog of the repository.\n\n -- cbr <noreply@cbr.invalid>  ${execFileSync("date", ["-u", "-R", "-d", `@${commitTime()}`], { encoding: "utf8" }).trim()}\n`
    }
  ]
}

/** `cbr`: the executable, its man page, and completions for each shell. */
export const cbr = (executable: string, version: string, completion: (shell: string) => string): DebianPackage => ({
  name: "cbr",
  summary: "look at backups in Huawei Cloud CBR",
  description:
    " Shows whether a backup is there, whole, replicated and restorable, waits\n until it is, and checks it for a monitoring system.",
  depends: "libc6 (>= 2.28), libstdc++6 (>= 9)",
  files: [
    { path: "usr/bin/cbr", from: executable, mode: 0o755 },
    { path: "usr/share/man/man1/cbr.1.gz", text: of("apps/cli/man/cbr.1") },
    { path: "usr/share/bash-completion/completions/cbr", text: completion("bash") },
    { path: "usr/share/zsh/vendor-completions/_cbr", text: completion("zsh") },
    { path: "usr/share/fish/vendor_completions.d/cbr.fish", text: completion("fish") },
    ...documentation("cbr", "apps/cli", version)
  ]
})

/** `cbr-proxy`: its bundle with a Node of its own, the unit, the user that it runs as, and the file of its variables. */
export const cbrProxy = (system: System, version: string, cache: string): DebianPackage => ({
  name: "cbr-proxy",
  summary: "HTTP gateway to backups in Huawei Cloud CBR",
  description: " Services GET a backup from it as from the cloud, without holding a\n credential of the cloud.",
  depends: "libc6 (>= 2.28), libstdc++6 (>= 9), systemd",
  conffiles: ["/etc/default/cbr-proxy"],
  scripts: { postinst: own("postinst"), prerm: own("prerm"), postrm: own("postrm") },
  files: [
    { path: "usr/lib/cbr-proxy/node", from: runtimeOf(system, cache), mode: 0o755 },
    { path: "usr/lib/cbr-proxy/cbr-proxy.mjs", from: join(root, "apps/proxy/dist/main.js") },
    ...["program.mjs", "redis.mjs", "documentation.mjs", "board.mjs"].map((name) => ({
      path: `usr/lib/cbr-proxy/${name}`,
      from: join(root, "apps/proxy/dist", name)
    })),
    { path: "usr/bin/cbr-proxy", text: own("cbr-proxy"), mode: 0o755 },
    { path: "lib/systemd/system/cbr-proxy@.service", text: unit() },
    { path: "usr/lib/sysusers.d/cbr-proxy.conf", text: of("deploy/systemd/cbr-proxy.sysusers") },
    { path: "etc/default/cbr-proxy", text: own("default") },
    { path: "usr/share/doc/cbr-proxy/examples/proxy.yaml", text: of("deploy/systemd/proxy.yaml") },
    {
      path: "usr/share/doc/cbr-proxy/configuration.schema.json",
      text: of("apps/proxy/configuration.schema.json")
    },
    ...documentation("cbr-proxy", "apps/proxy", version)
  ]
})

/** The unit of `deploy/`, which starts the package's own program. */
const unit = (): string => {
  const text = of("deploy/systemd/cbr-proxy@.service")
  const packaged = text.replace(
    "ExecStart=/usr/bin/node --max-semi-space-size=4 /usr/lib/cbr-proxy/cbr-proxy.mjs ",
    "EnvironmentFile=-/etc/default/cbr-proxy\nExecStart=/usr/bin/cbr-proxy "
  )
  if (packaged === text) throw new Error("the unit of deploy/systemd starts another program than before")
  return packaged
}

/**
 * Kibibytes that the files take, each rounded up, and one for each folder: not what they take on the disk of the machine
 * that builds.
 *
 * @source Debian Policy, section 5.6.20
 */
const installedSize = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => (entry.isFile() ? Math.ceil(statSync(join(entry.parentPath, entry.name)).size / 1024) : 1))
    .reduce((sum, size) => sum + size, 0)

/** Makes a package by Debian's own tool: the path of the `.deb`. */
export const makeDebian = (
  { conffiles = [], depends, description, files, name, scripts, summary }: DebianPackage,
  { debian: architecture = "amd64" }: System,
  version: string,
  out: string
): string => {
  const folder = join(tmpdir(), `cbr-deb-${process.pid}-${name}-${architecture}`)
  rmSync(folder, { recursive: true, force: true })
  const write = ({ from, mode = 0o644, path, text = "" }: PackagedFile) => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    if (from !== undefined) copyFileSync(from, file)
    else writeFileSync(file, path.endsWith(".gz") ? compressed(text) : text)
    chmodSync(file, mode)
  }
  try {
    for (const file of files) write(file)
    const control = [
      `Package: ${name}`,
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      "Maintainer: cbr <noreply@cbr.invalid>",
      `Installed-Size: ${installedSize(folder)}`,
      `Depends: ${depends}`,
      "Section: admin",
      "Priority: optional",
      `Description: ${summary}`,
      description
    ]
    write({ path: "DEBIAN/control", text: `${control.join("\n")}\n` })
    if (conffiles.length > 0) write({ path: "DEBIAN/conffiles", text: `${conffiles.join("\n")}\n` })
    for (const [script, text] of Object.entries(scripts ?? {})) write({ path: `DEBIAN/${script}`, text, mode: 0o755 })
    const file = join(out, `${name}_${version}_${architecture}.deb`)
    execFileSync("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z6", "--build", folder, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: commitTime() },
      stdio: ["ignore", "ignore", "inherit"]
    })
    return file
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The version that all apps have, as Debian writes it. */
export const debianVersion = (): string => manifestOf("apps/cli").version.replace("-", "~")
