import { X509Certificate } from "node:crypto"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { symlink, writeFile } from "node:fs/promises"
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import { request as tlsRequest } from "node:https"
import type { AddressInfo } from "node:net"
import { connect as tlsConnect, type TLSSocket } from "node:tls"
import { fileURLToPath } from "node:url"
import { omitUndefined } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { body, cloud, configurationFor, path, sha256, withKey } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, started } from "../ProxyProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

const fetched = (url: string, headers: Readonly<Record<string, string>> = {}, agent?: Agent) =>
  Effect.promise(async () => {
    const secure = url.startsWith("https:")
    const sent = (secure ? tlsRequest : request)(url, {
      headers,
      ...(secure ? { rejectUnauthorized: false } : {}),
      ...omitUndefined({ agent })
    }).end()
    const [response] = (await once(sent, "response")) as [IncomingMessage]
    let text = ""
    for await (const chunk of response.setEncoding("utf8")) text += String(chunk)
    return { status: response.statusCode, headers: response.headers, text }
  })

describe("cbr-proxy with a configuration", () => {
  it.live("shows what is in force, flags before the file, also after a reload", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const settings = { listen: { port: 8080 }, admin: { port: 9090 } }
      const folder = yield* temporaryFolder
      const { "proxy.json": file } = yield* written(folder, {
        "proxy.json": configurationFor(endpoint, "first", settings)
      })
      const flags = ["--config", file, "--port", "0", "--admin-port", "0"]
      const printing = yield* started([...flags, "--print-effective"], {})
      assert.strictEqual(yield* ended(printing), 0)
      const proxy = yield* started(flags, {})
      const { admin } = yield* readyLine(proxy)
      assert.strictEqual((yield* fetched(`${admin}/config`)).text, printing.output.stdout)
      assert.deepInclude(JSON.parse(printing.output.stdout), { admin: { enabled: true, host: "127.0.0.1", port: 0 } })

      yield* written(folder, {
        "proxy.json": configurationFor(endpoint, "first", {
          ...settings,
          cache: { jitter_percent: 7, entries: 5 },
          drain: { serve_seconds: 123 },
          telemetry: { traces_url: "http://127.0.0.1:9/v1/traces" }
        })
      })
      yield* logged(proxy, "configuration loaded")
      const shown = JSON.parse((yield* fetched(`${admin}/config`)).text) as Readonly<Record<string, object>>
      assert.deepInclude(shown["cache"], { jitter_percent: 7, entries: 10_000 }, "what waits is not in force")
      for (const section of ["listen", "admin"]) assert.deepInclude(shown[section], { port: 0 })
      assert.deepInclude(shown["drain"], { serve_seconds: 1 })
      assert.notProperty(shown, "telemetry")
    }).pipe(Effect.scoped)
  )

  it.live("serves its callers, and puts a change in force whole or not at all", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const folder = yield* temporaryFolder
      const { "proxy.json": file } = yield* written(folder, { "proxy.json": configurationFor(endpoint, "first") })
      const proxy = yield* started(["--config", file], {})
      const { admin, url } = yield* readyLine(proxy)
      const statusFor = (key: string) => Effect.map(fetched(url + path, withKey(key)), ({ status }) => status)
      const rejected = Effect.map(
        fetched(`${admin}/metrics`),
        ({ text }) => /^cbr_proxy_configuration_rejected (\d)$/m.exec(text)?.[1]
      )
      assert.strictEqual(yield* statusFor("first"), 200)
      assert.strictEqual(yield* statusFor("second"), 401)
      assert.strictEqual(yield* rejected, "0")

      yield* written(folder, {
        "keys.json": JSON.stringify({
          keys: [{ id: "k", caller: "billing", sha256: sha256("second"), created_at: "2026-01-02T03:04:05Z" }]
        })
      })
      yield* logged(proxy, "keys loaded")
      assert.strictEqual(yield* statusFor("second"), 200)

      // The new key and the new fault come together, and so do not come at all.
      const bad = configurationFor(endpoint, "third", { lisen: {} })
      yield* written(folder, { "proxy.json": bad })
      // While it is written in place it may be refused for its end that is missing, before that.
      yield* logged(proxy, "lisen: unknown setting")
      assert.strictEqual(yield* rejected, "1")
      assert.strictEqual(yield* statusFor("first"), 200)
      assert.strictEqual(yield* statusFor("third"), 401)

      proxy.output.stderr = ""
      yield* written(folder, { "proxy.json": configurationFor(endpoint, "third") })
      yield* logged(proxy, "configuration loaded")
      assert.strictEqual(yield* statusFor("third"), 200)
      assert.strictEqual(yield* statusFor("first"), 401)
      assert.strictEqual(yield* rejected, "0")
      assert.notInclude(proxy.output.stderr, "Canary-upstream")
    }).pipe(Effect.scoped)
  )

  it.live("reads a file that it cannot watch when told by SIGHUP", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const [folder, elsewhere] = [yield* temporaryFolder, yield* temporaryFolder]
      const real = `${elsewhere}/real.json`
      yield* written(elsewhere, { "real.json": configurationFor(endpoint, "first") })
      yield* Effect.promise(() => symlink(real, `${folder}/proxy.json`))
      const proxy = yield* started(["--config", `${folder}/proxy.json`], {})
      const { url } = yield* readyLine(proxy)
      yield* Effect.promise(() => writeFile(real, configurationFor(endpoint, "second")))
      proxy.process.kill("SIGHUP")
      yield* logged(proxy, "configuration loaded")
      assert.strictEqual((yield* fetched(url + path, withKey("second"))).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("loses nothing in flight on SIGTERM under load, tells balancers, and exits with 0", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => void setTimeout(() => response.end(body), 20))
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, "key", {
          // Time for the calls that come late on a machine that is busy with the load.
          drain: { serve_seconds: 4, finish_seconds: 10 },
          // Every request has to wait for the cloud, and none is one too many.
          cache: { entries: 0 },
          quotas: {
            classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
            upstream_per_project_per_second: 200
          }
        })
      })
      const proxy = yield* started(["--config", file], {})
      const { admin, url } = yield* readyLine(proxy)
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })

      const statuses: Array<number | undefined> = []
      const underWay = yield* Deferred.make<void>()
      // Each asks again and again on its own connection until told that it closes; none more than 2,000 times.
      const worker = Effect.gen(function* () {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        for (let n = 0; n < 2_000; n++) {
          const { headers, status } = yield* fetched(url + path, withKey("key"), agent)
          statuses.push(status)
          if (statuses.length >= 200) yield* Deferred.succeed(underWay, undefined)
          if (headers.connection === "close") return true
        }
        return false
      })
      const load = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 20 }, () => worker),
          { concurrency: "unbounded" }
        )
      )
      yield* Deferred.await(underWay)
      proxy.process.kill("SIGTERM")
      yield* logged(proxy, '"draining"')
      assert.strictEqual((yield* fetched(`${admin}/readyz`)).status, 503)
      // A balancer that has not looked yet.
      const late = yield* fetched(url + path, withKey("key"))
      assert.deepStrictEqual([late.status, late.headers.connection], [200, "close"])

      assert.deepStrictEqual(yield* Fiber.join(load), Array(20).fill(true))
      assert.deepStrictEqual([...new Set(statuses)], [200])
      assert.strictEqual(yield* Fiber.join(exit), 0)
    }).pipe(Effect.scoped)
  )

  it.live("drains and ends when the admin port is asked to, and a SIGTERM on the way cuts nothing", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<ServerResponse>()
      const endpoint = yield* cloud((response) => Deferred.doneUnsafe(arrived, Effect.succeed(response)))
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, "key", { drain: { serve_seconds: 0 } })
      })
      const proxy = yield* started(["--config", file], {})
      const { admin, url } = yield* readyLine(proxy)
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      const inFlight = yield* Effect.forkChild(fetched(url + path, withKey("key")))
      const upstream = yield* Deferred.await(arrived)
      const answer = yield* Effect.promise(() => fetch(`${admin}/drain`, { method: "POST" }))
      assert.strictEqual(answer.status, 202)
      yield* logged(proxy, '"draining"')
      proxy.process.kill("SIGTERM")
      yield* Effect.sleep("100 millis")
      upstream.end(body)
      assert.strictEqual((yield* Fiber.join(inFlight)).text, body)
      assert.strictEqual(yield* Fiber.join(exit), 0)
    }).pipe(Effect.scoped)
  )

  it.live("logs where it listens, and that it has ended", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud(() => undefined)
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, "key", { drain: { serve_seconds: 0 } })
      })
      const proxy = yield* started(["--config", file], {})
      const { url } = yield* readyLine(proxy)
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      yield* logged(proxy, `"listening on ${url}"`)
      proxy.process.kill("SIGTERM")
      assert.strictEqual(yield* Fiber.join(exit), 0)
      const lines = proxy.output.stderr.trimEnd().split("\n")
      const messages = lines.map((line): unknown => JSON.parse(line).message)
      assert.deepStrictEqual(messages.slice(-2), ["draining", "ended"])
    }).pipe(Effect.scoped)
  )

  it.live("ends at once with 143 when told a second time", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud(() => undefined)
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, "key", { drain: { serve_seconds: 300 } })
      })
      const proxy = yield* started(["--config", file], {})
      yield* readyLine(proxy)
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      proxy.process.kill("SIGTERM")
      yield* logged(proxy, '"draining"')
      proxy.process.kill("SIGTERM")
      assert.strictEqual(yield* Fiber.join(exit), 143)
    }).pipe(Effect.scoped)
  )

  it.live("speaks TLS 1.2 and later, and nothing older", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, "key", {
          listen: {
            host: "0.0.0.0",
            port: 0,
            tls: { cert_file: fixture("self-signed.cert.pem"), key_file: fixture("self-signed.key.pem") }
          }
        })
      })
      const { url } = yield* readyLine(yield* started(["--config", file], {}))
      const { port, protocol } = new URL(url)
      assert.strictEqual(protocol, "https:")
      assert.strictEqual((yield* fetched(`https://127.0.0.1:${port}${path}`, withKey("key"))).status, 200)
      const handshake = (version: "TLSv1.1" | "TLSv1.2") =>
        Effect.callback<boolean>((resume) => {
          const socket = tlsConnect({
            port: Number(port),
            host: "127.0.0.1",
            rejectUnauthorized: false,
            minVersion: version,
            maxVersion: version,
            // OpenSSL itself speaks TLS 1.1 at this level alone: the refusal has to be the server's.
            ciphers: "DEFAULT@SECLEVEL=0"
          })
          socket.on("secureConnect", () =>
            resume(
              Effect.as(
                Effect.sync(() => socket.destroy()),
                true
              )
            )
          )
          socket.on("error", () => resume(Effect.succeed(false)))
        })
      assert.deepStrictEqual([yield* handshake("TLSv1.2"), yield* handshake("TLSv1.1")], [true, false])
    }).pipe(Effect.scoped)
  )

  it.live("shows a renewed certificate, and goes by other names, once all of it fits together", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const pem = (name: string) => readFileSync(fixture(name), "utf8")
      const folder = yield* temporaryFolder
      const withNames = (...public_hosts: ReadonlyArray<string>) => ({
        "proxy.json": configurationFor(endpoint, "key", {
          listen: { port: 0, public_hosts, tls: { cert_file: "cert.pem", key_file: "key.pem" } }
        })
      })
      yield* written(folder, { "cert.pem": pem("self-signed.cert.pem"), "key.pem": pem("self-signed.key.pem") })
      const { "proxy.json": file } = yield* written(folder, withNames("cbr.example.org"))
      const proxy = yield* started(["--config", file], {})
      const { admin, url } = yield* readyLine(proxy)
      const port = Number(new URL(url).port)
      const opened = Effect.acquireRelease(
        Effect.promise(async () => {
          const socket = tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false })
          await once(socket, "secureConnect")
          return socket
        }),
        (socket) => Effect.sync(() => socket.destroy())
      )
      const isOf = (socket: TLSSocket, name: string) =>
        socket.getPeerX509Certificate()?.fingerprint256 === new X509Certificate(pem(name)).fingerprint256
      const statusOn = (socket: TLSSocket, host: string) =>
        Effect.promise(async () => {
          socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Api-Key: key\r\n\r\n`)
          const [answer] = (await once(socket, "data")) as [Buffer]
          return Number(answer.toString().slice(9, 12))
        })
      const reloaded = Effect.promise(async () => (await fetch(`${admin}/reload`, { method: "POST" })).status)

      const old = yield* opened
      assert.isTrue(isOf(old, "self-signed.cert.pem"))
      assert.strictEqual(yield* statusOn(old, "cbr.example.org"), 200)

      // A key that the certificate is not of: the new name does not come either.
      yield* written(folder, { "key.pem": pem("renewed.key.pem"), ...withNames("cbr.example.net") })
      assert.strictEqual(yield* reloaded, 422)
      yield* logged(proxy, "do not belong together")
      assert.strictEqual(yield* statusOn(old, "cbr.example.org"), 200)
      assert.isTrue(isOf(yield* opened, "self-signed.cert.pem"))

      yield* written(folder, { "cert.pem": pem("renewed.cert.pem") })
      yield* logged(proxy, "configuration loaded")
      const renewed = yield* opened
      assert.isTrue(isOf(renewed, "renewed.cert.pem"))
      assert.strictEqual(yield* statusOn(renewed, "cbr.example.net"), 200)
      // A connection ends as it began, but for the names that the proxy goes by.
      assert.strictEqual(yield* statusOn(old, "cbr.example.org"), 421)
      assert.notInclude(proxy.output.stderr, "PRIVATE")
    }).pipe(Effect.scoped)
  )

  it.live("prints the configuration in force: flag before variable before file, and no secret", () =>
    Effect.gen(function* () {
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("http://127.0.0.1:9", "key", { listen: { port: 1 }, admin: { port: 1 } })
      })
      const proxy = yield* started(["--print-effective", "--port", "3"], {
        CBR_PROXY_CONFIG: file,
        CBR_PROXY_LISTEN_PORT: "2",
        CBR_PROXY_ADMIN_PORT: "2",
        CBR_PROXY_CACHE_ENTRIES: "7"
      })
      assert.strictEqual(yield* ended(proxy), 0)
      const shown = JSON.parse(proxy.output.stdout) as Record<string, Record<string, unknown>>
      assert.strictEqual(shown["listen"]?.["port"], 3)
      assert.strictEqual(shown["admin"]?.["port"], 2)
      assert.strictEqual(shown["cache"]?.["entries"], 7)
      for (const secret of ["Canary", sha256("key")]) assert.notInclude(proxy.output.stdout, secret)
    }).pipe(Effect.scoped)
  )

  it.live("sends a span for a request, under the caller's, with the route and nothing that the caller wrote", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const received: Array<string> = []
      const collector = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const server = createServer((message, response) => {
            message.setEncoding("utf8").on("data", (text: string) => received.push(text))
            message.on("end", () => response.end("{}"))
          })
          await once(server.listen(0, "127.0.0.1"), "listening")
          return server
        }),
        (server) => Effect.sync(() => server.close())
      )
      const traces_url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, "Canary-key", {
          telemetry: { traces_url },
          drain: { serve_seconds: 0 }
        })
      })
      const proxy = yield* started(["--config", file], {})
      const { url } = yield* readyLine(proxy)
      const trace = "0af7651916cd43dd8448eb211c80319c"
      for (const target of [path, `${path}?token=Canary-query`, "/Canary-path"]) {
        yield* fetched(url + target, { "x-auth-token": "Canary-key", traceparent: `00-${trace}-b7ad6b7169203331-01` })
      }
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      proxy.process.kill("SIGTERM")
      assert.strictEqual(yield* Fiber.join(exit), 0)
      const spans = received.join("")
      for (const part of [
        "cbr-proxy.exchange",
        "/v3/:project_id/backups/:backup_id",
        "BackupClient.showBackup",
        trace
      ]) {
        assert.include(spans, part)
      }
      assert.notInclude(spans, "Canary")
    }).pipe(Effect.scoped)
  )

  const refused: ReadonlyArray<readonly [string, settings: Readonly<Record<string, unknown>>, said: string]> = [
    ["an unknown setting", { lisen: {} }, "lisen: unknown setting"],
    [
      "a secret that is missing",
      { credentials: { main: { type: "token", token_env: "NOWHERE" } } },
      "NOWHERE is not set"
    ],
    ["a public address in the clear", { listen: { host: "0.0.0.0", port: 0 } }, "listen.tls"],
    [
      "a certificate that is not there",
      { listen: { port: 0, tls: { cert_file: "nowhere.pem", key_file: "nowhere.pem" } } },
      "nowhere.pem cannot be read"
    ]
  ]

  it.live.each(refused)("does not start with %s, and says why", ([, settings, said]) =>
    Effect.gen(function* () {
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("http://127.0.0.1:9", "key", settings)
      })
      const proxy = yield* started(["--config", file], {})
      assert.strictEqual(yield* ended(proxy), 2)
      assert.strictEqual(proxy.output.stdout, "")
      assert.include(proxy.output.stderr, said)
      assert.notInclude(proxy.output.stderr, "Canary")
    }).pipe(Effect.scoped)
  )
})
