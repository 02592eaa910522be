import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect } from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { body, cloud, configurationFor } from "../ConfiguredProcess.ts"
import { logged, readyLine, started } from "../ProxyProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const pem = (name: string) => readFileSync(new URL(`../fixtures/${name}.pem`, import.meta.url), "utf8")
const half = (text: string) => text.slice(0, text.length >> 1)

describe("a proxy with TLS", () => {
  it.live("loses no connection while its certificate is copied in place, step by step", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const folder = yield* temporaryFolder
      yield* written(folder, { "cert.pem": pem("self-signed.cert"), "key.pem": pem("self-signed.key") })
      const { "proxy.json": file } = yield* written(folder, {
        "proxy.json": configurationFor(endpoint, "key", {
          listen: { port: 0, tls: { cert_file: "cert.pem", key_file: "key.pem" } }
        })
      })
      const proxy = yield* started(["--config", file], {})
      const { admin, url } = yield* readyLine(proxy)
      const connections = (count: number) =>
        Effect.promise(async () => {
          for (let index = 0; index < count; index++) {
            const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", rejectUnauthorized: false })
            await once(socket, "secureConnect")
            socket.destroy()
          }
        })
      const reloaded = Effect.promise(async () => (await fetch(`${admin}/reload`, { method: "POST" })).status)

      const [cert, key] = [pem("renewed.cert"), pem("renewed.key")]
      const steps: ReadonlyArray<Partial<Record<"cert.pem" | "key.pem", string>>> = [
        { "cert.pem": "", "key.pem": "" },
        { "cert.pem": half(cert) },
        { "cert.pem": cert },
        { "key.pem": half(key) }
      ]
      for (const step of steps) {
        yield* written(folder, step as Record<string, string>)
        assert.strictEqual(yield* reloaded, 422)
        yield* connections(5)
      }
      yield* written(folder, { "key.pem": key })
      yield* logged(proxy, "configuration loaded")
      yield* connections(5)
      const metrics = yield* Effect.promise(async () => (await fetch(`${admin}/metrics`)).text())
      assert.match(metrics, /^cbr_proxy_certificate_end_seconds 4949\d{6}$/m)
    }).pipe(Effect.scoped)
  )
})
