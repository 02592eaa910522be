import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs"
import { join } from "node:path"
import { Spec, Validation } from "@cyclonedx/cyclonedx-library"
import { assert, describe, it } from "vitest"
import { executableName } from "../Executables.ts"
import { version as releasedVersion } from "../Manifests.ts"
import { systems } from "../NodeRuntime.ts"

const dist = join(import.meta.dirname, "../dist")
const version = releasedVersion()
if (!existsSync(join(dist, "SHA256SUMS"))) throw new Error("there is no release to test: run `pnpm release` first")

const head = (name: string): Buffer => {
  const file = openSync(join(dist, name), "r")
  const bytes = Buffer.alloc(4096)
  readSync(file, bytes)
  closeSync(file)
  return bytes
}

/** The machine that an ELF or PE file is for, by its header. */
const machineOf = (bytes: Buffer): string => {
  if (bytes.subarray(0, 4).equals(Buffer.from("\x7fELF"))) return `ELF ${bytes.readUInt16LE(18).toString(16)}`
  if (bytes.subarray(0, 2).toString() === "MZ")
    return `PE ${bytes.readUInt16LE(bytes.readUInt32LE(60) + 4).toString(16)}`
  return "neither ELF nor PE"
}

const machines: Readonly<Record<string, string>> = {
  "linux-x64": "ELF 3e",
  "linux-arm64": "ELF b7",
  "win-x64": "PE 8664"
}

describe("the executables", () => {
  it.each(systems)("the executable for $name is for its machine, and holds the program", (system) => {
    const name = executableName(system, version)
    assert.strictEqual(machineOf(head(name)), machines[system.name])
    const bytes = readFileSync(join(dist, name))
    // Node looks for its program where this mark ends in 1.
    assert.isTrue(bytes.includes("NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1"))
    assert.isTrue(bytes.includes("cbr: needs Node"))
  })

  it("the executable for this machine runs without Node, HOME and PATH", () => {
    const here = systems.find(({ name }) => name === `${process.platform}-${process.arch}`)
    assert.isDefined(here, `no executable is made for ${process.platform}-${process.arch}`)
    if (here === undefined) return
    const run = (...words: ReadonlyArray<string>) =>
      spawnSync(join(dist, executableName(here, version)), words, { encoding: "utf8", env: {} })
    assert.strictEqual(run("--version").stdout.trim(), version)
    assert.match(run("version").stdout, /^cbr \S+, commit [0-9a-f]{12}(?:-dirty)?, node /)
    assert.include(run("explain", "status").stdout, "waiting_protect")
    assert.strictEqual(run("show", "not-an-id").status, 2)
  })
})

describe("the release", () => {
  it("SHA256SUMS has every file, each with its digest", () => {
    const lines = readFileSync(join(dist, "SHA256SUMS"), "utf8").trim().split("\n")
    assert.isAbove(lines.length, 10)
    for (const line of lines) {
      const [digest, name = ""] = line.split("  ")
      assert.strictEqual(
        createHash("sha256")
          .update(readFileSync(join(dist, name)))
          .digest("hex"),
        digest,
        name
      )
    }
  })

  it.each(["cbr", "cbr-proxy"])("the contents of %s are valid CycloneDX 1.6, with Node and Effect", async (name) => {
    const text = readFileSync(join(dist, `${name}-${version}.cdx.json`), "utf8")
    assert.isNull(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text))
    const { components } = JSON.parse(text) as { readonly components: ReadonlyArray<{ readonly name: string }> }
    assert.includeMembers(
      components.map((component) => component.name),
      ["node", "effect"]
    )
  })
})
