import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { textOf } from "./manifests.ts"

const main = fileURLToPath(new URL("../../apps/proxy/src/main.ts", import.meta.url))

/** Files that the configurations name, below the root of the machine that they are for. */
const secrets = [
  "run/credentials/cbr-proxy@1.service/sk",
  "run/secrets/cbr_sk",
  "etc/cbr-proxy-credentials/sk",
  "etc/cbr-proxy-tls/tls.crt",
  "etc/cbr-proxy-tls/tls.key"
]

/** Those that have to fit together. */
const fixtures: Readonly<Record<string, string>> = {
  "etc/cbr-proxy-tls/tls.crt": "../apps/proxy/test/fixtures/self-signed.cert.pem",
  "etc/cbr-proxy-tls/tls.key": "../apps/proxy/test/fixtures/self-signed.key.pem"
}

let root = ""
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cbr-deploy-"))
  for (const name of secrets) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    const fixture = fixtures[name]
    const text = fixture === undefined ? "exampleSecretKeyForTestsOnly000000000001" : textOf(fixture)
    writeFileSync(join(root, name), text)
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe("cbr-proxy check", () => {
  it.each(["systemd", "container", "kubernetes"])("accepts the configuration for %s", { timeout: 60_000 }, (folder) => {
    const file = join(root, `${folder}.yaml`)
    writeFileSync(
      file,
      textOf(`${folder}/proxy.yaml`).replaceAll(/(?<=[ {])\/(?:run|etc|var)\//g, (path) => root + path)
    )
    // As systemd shows it to the service.
    const env = { PATH: process.env["PATH"], CREDENTIALS_DIRECTORY: join(root, "run/credentials/cbr-proxy@1.service") }
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, "check", file], { encoding: "utf8", env })
    assert.strictEqual(status, 0, stderr)
    assert.include(stdout, "valid (callers: 1")
  })
})
