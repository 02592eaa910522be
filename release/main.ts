// Makes a release: `node release/main.ts [OUT]`. OUT, `release/dist` unless given, is made anew. The apps and packages
// have to be built. What is there before is the cache of Node's for other systems, in `release/.cache`.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { billOfMaterialsOf } from "./BillOfMaterials.ts"
import { cbr, cbrProxy, debianVersion, makeDebian } from "./Debian.ts"
import { makeExecutable } from "./Executables.ts"
import { root, version as releasedVersion } from "./Manifests.ts"
import { systems } from "./NodeRuntime.ts"
import { packTarballs } from "./Tarballs.ts"

const out = resolve(process.argv[2] ?? join(import.meta.dirname, "dist"))
const cache = join(import.meta.dirname, ".cache")
const version = releasedVersion()

// Folders and files of a package are for all to read, whatever the caller's umask.
process.umask(0o022)
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const step = (what: string) => console.error(`release ${version}: ${what} …`)

step("npm tarballs")
packTarballs(out)

step("executables and Debian packages")
// In English, whatever the language of the machine that builds.
const completion = (shell: string) =>
  execFileSync(process.execPath, [join(root, "apps/cli/dist/main.cjs"), "completion", shell, "--lang", "en"], {
    encoding: "utf8"
  })
const hasDebian = readdirSync("/usr/bin").includes("dpkg-deb")
if (!hasDebian) console.error("skipping Debian packages: dpkg-deb is not here")
for (const system of systems) {
  const executable = makeExecutable(system, version, out, cache)
  if (system.debian === undefined || !hasDebian) continue
  makeDebian(cbr(executable, version, completion), system, debianVersion(), out)
  makeDebian(cbrProxy(system, version, cache), system, debianVersion(), out)
}

step("contents")
for (const [app, name] of [
  ["apps/cli", "cbr"],
  ["apps/proxy", "cbr-proxy"]
] as const) {
  writeFileSync(join(out, `${name}-${version}.cdx.json`), billOfMaterialsOf(app))
}

copyFileSync(join(import.meta.dirname, "install.sh"), join(out, "install.sh"))
const sums = readdirSync(out)
  .sort()
  .map(
    (name) =>
      `${createHash("sha256")
        .update(readFileSync(join(out, name)))
        .digest("hex")}  ${name}\n`
  )
writeFileSync(join(out, "SHA256SUMS"), sums.join(""))
console.log(sums.join("").trimEnd())
