import { spawnSync } from "node:child_process"
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { debianVersion } from "../Debian.ts"

const dist = join(import.meta.dirname, "../dist")
const version = debianVersion()
const later = `${version}+1`

const run = (command: string, ...words: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync(command, words, { encoding: "utf8" })
  return { status, out: `${stdout}${stderr}` }
}

const done = (command: string, ...words: ReadonlyArray<string>) => {
  const { out, status } = run(command, ...words)
  assert.strictEqual(status, 0, `${command} ${words.join(" ")}: ${out}`)
  return out
}

const architecture = process.arch === "arm64" ? "arm64" : "amd64"
const packageOf = (name: string) => join(dist, `${name}_${version}_${architecture}.deb`)

/** The same package with a later version. */
const laterOf = (name: string, work: string): string => {
  const folder = join(work, name)
  done("dpkg-deb", "-R", packageOf(name), folder)
  const control = join(folder, "DEBIAN/control")
  writeFileSync(control, readFileSync(control, "utf8").replace(`Version: ${version}`, `Version: ${later}`))
  const file = join(work, `${name}.deb`)
  done("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", folder, file)
  return file
}

// It changes what is installed on the machine: for one that is there for this alone.
const isForThis = process.env["CI"] !== undefined && process.getuid?.() === 0
describe.skipIf(!isForThis)("the Debian packages (CI, as root)", () => {
  const work = mkdtempSync(join(tmpdir(), "cbr-debian-"))
  afterAll(() => {
    run("dpkg", "--purge", "cbr", "cbr-proxy")
    rmSync(work, { recursive: true })
  })

  it("cbr is installed with its man page and completions, upgraded and removed", () => {
    done("dpkg", "-i", packageOf("cbr"))
    assert.include(done("/usr/bin/cbr", "--version"), version)
    for (const file of ["man/man1/cbr.1.gz", "bash-completion/completions/cbr", "zsh/vendor-completions/_cbr"]) {
      assert.isTrue(existsSync(join("/usr/share", file)), file)
    }
    done("dpkg", "-i", laterOf("cbr", work))
    assert.include(done("dpkg-query", "-W", "cbr"), later)
    done("dpkg", "--purge", "cbr")
    assert.isFalse(existsSync("/usr/bin/cbr"))
  })

  it("cbr-proxy is installed with its unit and user, keeps its variables at an upgrade, and is purged", () => {
    done("dpkg", "-i", packageOf("cbr-proxy"))
    assert.include(done("id", "cbr-proxy"), "cbr-proxy")
    const key = "a".repeat(64)
    const file = join(work, "proxy.yaml")
    writeFileSync(
      file,
      `callers: { a: { projects: [p1], keys: [{ id: one, sha256: ${key} }] } }\ncredentials: { c: { type: token, token: t } }\nprojects: { p1: { endpoint: "http://127.0.0.1:1", credentials: [c] } }\n`
    )
    // Whatever it finds of the file, the package's own Node ran its bundle.
    assert.include([0, 2], run("/usr/bin/cbr-proxy", "check", "--config", file).status)
    assert.include(done("/usr/bin/cbr-proxy", "--version"), version)
    assert.include(
      readFileSync("/lib/systemd/system/cbr-proxy@.service", "utf8"),
      "ExecStart=/usr/bin/cbr-proxy --config /etc/cbr-proxy/proxy.yaml"
    )
    appendFileSync("/etc/default/cbr-proxy", "CBR_PROXY_PORT=8081\n")
    done("dpkg", "--force-confold", "-i", laterOf("cbr-proxy", work))
    assert.include(readFileSync("/etc/default/cbr-proxy", "utf8"), "CBR_PROXY_PORT=8081")
    done("dpkg", "--remove", "cbr-proxy")
    assert.isFalse(existsSync("/usr/bin/cbr-proxy"))
    assert.isTrue(existsSync("/etc/default/cbr-proxy"))
    done("dpkg", "--purge", "cbr-proxy")
    assert.isFalse(existsSync("/etc/default/cbr-proxy"))
  })
})
