import { spawn } from "node:child_process"
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { version as releasedVersion } from "../Manifests.ts"

const dist = join(import.meta.dirname, "../dist")

/** Serves the release below `/release/`, and below `/corrupt/` with executables that are not what the sums say. */
const server = createServer((request, response) => {
  const [, folder = "", name = ""] = (request.url ?? "").split("/")
  const file = join(dist, basename(name))
  if (name === "" || !existsSync(file)) return response.writeHead(404).end()
  if (folder === "corrupt" && name.startsWith("cbr-")) return response.end("#!/bin/sh\necho hacked\n")
  return createReadStream(file).pipe(response)
})

let base = ""
let home = ""

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "cbr-install-"))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
  rmSync(home, { recursive: true })
})

const install = (...words: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number | null; readonly out: string }>((resolve) => {
    const child = spawn("sh", [join(dist, "install.sh"), ...words], {
      env: { HOME: home, PATH: process.env["PATH"] ?? "" }
    })
    let out = ""
    child.stdout.on("data", (text) => (out += text))
    child.stderr.on("data", (text) => (out += text))
    child.on("close", (code) => resolve({ code, out }))
  })

describe("install.sh", () => {
  const folder = () => join(home, ".local/bin")

  it("the script refuses an executable that is not what the sums say, and installs nothing", async () => {
    const { code, out } = await install(`${base}/corrupt`)
    assert.strictEqual(code, 1)
    assert.include(out, "is not what SHA256SUMS says")
    assert.isFalse(existsSync(folder()))
  })

  it("the script says that an address has no release", async () => {
    const { code, out } = await install(`${base}/nothing/here`)
    assert.strictEqual(code, 1)
    assert.include(out, "SHA256SUMS cannot be fetched")
    assert.strictEqual((await install()).code, 1)
  })

  it("the script installs from a folder, which needs neither curl nor wget", async () => {
    const other = join(home, "elsewhere")
    const { code, out } = await install(dist, other)
    assert.strictEqual(code, 0, out)
    assert.include(out, `cbr ${releasedVersion()} is installed: ${other}/cbr`)
  })

  it("the script installs the executable, and takes the place of an earlier one", async () => {
    for (const trial of [1, 2]) {
      const { code, out } = await install(`${base}/release/`)
      assert.strictEqual(code, 0, out)
      assert.include(out, `cbr ${releasedVersion()} is installed: ${folder()}/cbr`)
      assert.include(out, "to PATH")
      if (trial === 1) writeFileSync(join(folder(), "cbr"), "an earlier one")
    }
  })
})
