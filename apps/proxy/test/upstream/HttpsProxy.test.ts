import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { createServer as createSecureServer } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { body, configurationFor, path, withKey } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, started } from "../ProxyProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.pem`, import.meta.url))
const tls = {
  cert: readFileSync(fixture("self-signed.cert"), "utf8"),
  key: readFileSync(fixture("self-signed.key"), "utf8")
}

const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      await once(server.listen(0, "127.0.0.1"), "listening")
      return (server.address() as AddressInfo).port
    }),
    () =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

/** A proxy that tunnels to one port whatever it is asked for, and notes what that was. */
const tunnelTo = Effect.fnUntraced(function* (target: number) {
  const asked: Array<string> = []
  const server = createServer().on("connect", ({ url = "" }, socket) => {
    asked.push(url)
    const onward = connect(target, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [onward, socket]) end.on("error", () => [onward, socket].forEach((each) => each.destroy()))
  })
  return { asked, port: yield* listening(server) }
})

const statusOf = (url: string) =>
  Effect.promise(async () => (await fetch(url + path, { headers: withKey("key") })).status)

describe("a proxy behind another one", () => {
  it.live("calls the cloud by way of it, and says so once, without its password", () =>
    Effect.gen(function* () {
      const cloud = createSecureServer(tls, (_, response) => void response.end(body))
      const tunnel = yield* tunnelTo(yield* listening(cloud))
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("https://cbr.example.org", "key", { drain: { serve_seconds: 0 } })
      })
      const HTTPS_PROXY = `http://user:Canary@127.0.0.1:${tunnel.port}`
      const trust = { CBR_CA_FILE: fixture("self-signed.cert"), NODE_TLS_REJECT_UNAUTHORIZED: "0" }
      const proxy = yield* started(["--config", file], { HTTPS_PROXY, ...trust })
      const { url } = yield* readyLine(proxy)
      assert.strictEqual(yield* statusOf(url), 200)
      assert.deepStrictEqual(tunnel.asked, ["cbr.example.org:443"])
      yield* logged(proxy, `by way of 127.0.0.1:${tunnel.port} (HTTPS_PROXY)`)
      assert.notInclude(proxy.output.stderr, "Canary")
    }).pipe(Effect.scoped)
  )

  it.live("fetches the keys of an issuer and sends its traces by way of it", () =>
    Effect.gen(function* () {
      const server = createSecureServer(tls, (_, response) => void response.end(body))
      const tunnel = yield* tunnelTo(yield* listening(server))
      const issuer = "https://issuer.example.org"
      const audience = "cbr-proxy"
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("https://cbr.example.org", "key", {
          drain: { serve_seconds: 0 },
          issuers: { corp: { issuer, audience, algorithms: ["RS256"], jwks_url: `${issuer}/jwks` } },
          telemetry: { traces_url: "https://collector.example.org/v1/traces" }
        })
      })
      const proxy = yield* started(["--config", file], {
        HTTPS_PROXY: `http://127.0.0.1:${tunnel.port}`,
        CBR_CA_FILE: fixture("self-signed.cert"),
        NODE_TLS_REJECT_UNAUTHORIZED: "0"
      })
      const { url } = yield* readyLine(proxy)
      const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
      const token = `${segment({ alg: "RS256", kid: "one" })}.${segment({ iss: issuer, aud: audience })}.c2ln`
      yield* Effect.promise(() => fetch(url + path, { headers: { authorization: `Bearer ${token}` } }))
      assert.deepStrictEqual(tunnel.asked, ["issuer.example.org:443"])
      proxy.process.kill("SIGTERM")
      yield* ended(proxy)
      assert.deepStrictEqual(tunnel.asked, ["issuer.example.org:443", "collector.example.org:443"])
    }).pipe(Effect.scoped)
  )

  it.live("goes straight to what NO_PROXY names", () =>
    Effect.gen(function* () {
      const cloud = createSecureServer(tls, (_, response) => void response.end(body))
      const port = yield* listening(cloud)
      const tunnel = yield* tunnelTo(port)
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(`https://127.0.0.1:${port}`, "key", { drain: { serve_seconds: 0 } })
      })
      const proxy = yield* started(["--config", file], {
        https_proxy: `http://127.0.0.1:${tunnel.port}`,
        NO_PROXY: "127.0.0.0/8",
        NODE_TLS_REJECT_UNAUTHORIZED: "0"
      })
      assert.strictEqual(yield* statusOf((yield* readyLine(proxy)).url), 200)
      assert.isEmpty(tunnel.asked)
    }).pipe(Effect.scoped)
  )

  it.live("does not start, and check says why, where the variable cannot be meant", () =>
    Effect.gen(function* () {
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("https://cbr.example.org", "key")
      })
      const environment = { HTTPS_PROXY: "ftp://user:Canary@127.0.0.1" }
      for (const [flags, code] of [
        [["--config", file], 2],
        [["check", file], 1]
      ] as const) {
        const proxy = yield* started(flags, environment)
        assert.strictEqual(yield* ended(proxy), code)
        assert.include(proxy.output.stderr, "HTTPS_PROXY")
        assert.notInclude(proxy.output.stderr, "Canary")
      }
    }).pipe(Effect.scoped)
  )
})
