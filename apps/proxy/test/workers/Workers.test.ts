import { once } from "node:events"
import { readFileSync } from "node:fs"
import { rename, rm, writeFile } from "node:fs/promises"
import { Agent, createServer, type IncomingMessage, request } from "node:http"
import { Agent as TlsAgent, request as tlsRequest } from "node:https"
import { join } from "node:path"
import { SdkHmacSha256 } from "@cbr/client/signing"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Fiber, Redacted } from "effect"
import { cloud, configurationFor, path, sha256, withKey } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, type Running, started } from "../ProxyProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

/** A backup at rest: what is cached of it lasts longer than a test. */
const body = '{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d","status":"available"}}'

const pem = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")

/** Each on a connection of its own, so that workers take turns. */
const fetched = (url: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
  Effect.promise(async () => {
    const sent = url.startsWith("https:")
      ? tlsRequest(url, { method, headers, agent: new TlsAgent({ rejectUnauthorized: false }) }).end()
      : request(url, { method, headers, agent: new Agent() }).end()
    const [response] = (await once(sent, "response")) as [IncomingMessage]
    let text = ""
    for await (const chunk of response.setEncoding("utf8")) text += String(chunk)
    return { status: response.statusCode, headers: response.headers, text }
  })

const many = (count: number, url: string, key = "key") =>
  Effect.map(
    Effect.all(
      Array.from({ length: count }, () => fetched(url + path, withKey(key))),
      // One address has 64 connections, of which each worker has its share: one more is closed unanswered.
      { concurrency: 16 }
    ),
    (answers) => answers.map(({ status }) => status)
  )

const running = Effect.fnUntraced(function* (
  endpoint: string,
  settings: Readonly<Record<string, unknown>> = {},
  flags: ReadonlyArray<string> = []
) {
  const folder = yield* temporaryFolder
  const { "proxy.json": file } = yield* written(folder, {
    "proxy.json": configurationFor(endpoint, "key", { workers: 2, ...settings })
  })
  const proxy = yield* started(["--config", file, ...flags], {})
  const { admin, url } = yield* readyLine(proxy)
  // What each says to the log comes another way than the ready line.
  yield* until(() => workersOf(proxy).length === (settings["workers"] ?? 2))
  return { proxy, admin, url, file }
})

/** Process ids of the workers that have begun to serve, in the order in which they did. */
const workersOf = ({ output }: Running) => Array.from(output.stderr.matchAll(/"pid":(\d+)/g), ([, pid]) => Number(pid))

const metric = (admin: string, series: string) =>
  Effect.map(fetched(`${admin}/metrics`), ({ text }) => {
    const line = text.split("\n").find((line) => line.startsWith(`${series} `))
    return line === undefined ? undefined : Number(line.slice(series.length + 1))
  })

/** Requests for a backup that were answered with 200. */
const answered = (admin: string) =>
  Effect.map(fetched(`${admin}/metrics`), ({ text }) => {
    const counts = text.matchAll(/^cbr_proxy_requests_total\{route="\/v3[^}]+status="200"[^}]+\} (\d+)$/gm)
    return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0)
  })

const misses = 'cbr_proxy_cache_results_total{result="miss"}'

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits for what another process brings about. */
const until = (holds: () => boolean) => eventually(Effect.sync(holds), (held) => held)
const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, holds: (value: A) => boolean): Effect.Effect<A, E, R> =>
  Effect.flatMap(effect, (value) =>
    holds(value) ? Effect.succeed(value) : Effect.andThen(Effect.sleep("20 millis"), eventually(effect, holds))
  )

describe("cbr-proxy with workers", { timeout: 60_000 }, () => {
  it.live("serves one port by all of them, and shows one set of metrics", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { admin, proxy, url } = yield* running(endpoint)
      assert.strictEqual(proxy.output.stdout.split("\n").length, 2, "one line, when all are ready")
      assert.deepStrictEqual([...new Set(yield* many(30, url))], [200])
      assert.strictEqual(yield* metric(admin, misses), 2, "each fetched it once")
      assert.strictEqual(yield* answered(admin), 30)
      assert.strictEqual(yield* metric(admin, "cbr_proxy_workers"), 2)
      for (const worker of [1, 2]) {
        assert.strictEqual(yield* metric(admin, `cbr_proxy_cache_entries{worker="${worker}"}`), 1)
      }
      const ready = yield* fetched(`${admin}/readyz`)
      assert.deepStrictEqual(JSON.parse(ready.text), {
        ready: true,
        phase: "serving",
        credentials: { main: "usable" }
      })
      const shown = JSON.parse((yield* fetched(`${admin}/config`)).text) as { quotas: { classes: unknown } }
      assert.deepStrictEqual(shown.quotas.classes, { default: { requests_per_second: 50, burst: 100 } })
    }).pipe(Effect.scoped)
  )

  it.live("has all of them forget what one is asked to", () =>
    Effect.gen(function* () {
      let calls = 0
      const endpoint = yield* cloud((response) => {
        calls++
        response.end(body)
      })
      const [, , project, , backup] = path.split("/")
      const { url } = yield* running(endpoint, {
        callers: { billing: { keys: [{ sha256: sha256("key") }], projects: [project], scopes: ["read", "purge"] } }
      })
      yield* many(9, url)
      assert.strictEqual(calls, 2)
      const purged = yield* fetched(`${url}/-/v1/projects/${project}/backups/${backup}/cache`, withKey("key"), "DELETE")
      assert.strictEqual(purged.status, 204)
      yield* many(9, url)
      assert.strictEqual(calls, 4)
    }).pipe(Effect.scoped)
  )

  it.live("take a signed write once, whichever of them has it", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const [, , project, , backup] = path.split("/")
      const issued = { ak: "PROXYISSUEDKEY000001", sk: "Canary-issued-sk-of-32-characters" }
      const { url } = yield* running(endpoint, {
        callers: { billing: { access_keys: [issued], projects: [project], scopes: ["purge"] } }
      })
      const target = `/-/v1/projects/${project}/backups/${backup}/cache`
      const headers = yield* SdkHmacSha256.sign(
        { method: "DELETE", path: target, query: "", headers: { host: new URL(url).host } },
        { accessKey: { ak: issued.ak, sk: Redacted.make(issued.sk) }, date: yield* DateTime.now }
      ).pipe(Effect.provide([NodeCrypto.layerMac, NodeCrypto.layerDigest]))
      const answers = yield* Effect.forEach(Array.from({ length: 6 }), () => fetched(url + target, headers, "DELETE"))
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [204, 401, 401, 401, 401, 401]
      )
    }).pipe(Effect.scoped)
  )

  it.live("replaces one that dies, and loses none of its counts", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { admin, proxy, url } = yield* running(endpoint)
      yield* many(30, url)
      assert.strictEqual(yield* metric(admin, misses), 2)
      const [first] = workersOf(proxy)
      process.kill(first!, "SIGKILL")
      yield* until(() => !isAlive(first!))
      assert.deepStrictEqual([...new Set(yield* many(10, url))], [200], "the others serve on")
      yield* eventually(metric(admin, "cbr_proxy_workers"), (count) => count === 2)
      assert.deepStrictEqual([...new Set(yield* many(30, url))], [200])
      assert.strictEqual(yield* metric(admin, misses), 3)
      assert.strictEqual(yield* answered(admin), 70)
      assert.strictEqual(yield* metric(admin, "cbr_proxy_worker_ends_total"), 1)
      assert.include(proxy.output.stderr, '"signal":"SIGKILL"')
    }).pipe(Effect.scoped)
  )

  it.live("has one that takes another's place serve where the others do, though the file has another port by now", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { admin, file, proxy, url } = yield* running(endpoint)
      const taken = yield* cloud((response) => response.end("of another program"))
      const listen = { port: Number(new URL(taken).port) }
      yield* Effect.promise(() => writeFile(file, configurationFor(endpoint, "key", { workers: 2, listen })))
      yield* logged(proxy, "listen has changed: that takes effect at the next start")
      yield* logged(proxy, "configuration loaded")
      process.kill(workersOf(proxy)[0]!, "SIGKILL")
      yield* until(() => workersOf(proxy).length === 3)
      assert.deepStrictEqual([...new Set(yield* many(10, url))], [200])
      assert.strictEqual(yield* metric(admin, "cbr_proxy_workers"), 2)
      assert.strictEqual(yield* metric(admin, "cbr_proxy_worker_ends_total"), 1)
    }).pipe(Effect.scoped)
  )

  it.live.each(["begun", "ended"])(
    "has one that takes another's place speak as the others do, though TLS has %s",
    (how) =>
      Effect.gen(function* () {
        const endpoint = yield* cloud((response) => response.end(body))
        const folder = yield* temporaryFolder
        const secure = { port: 0, tls: { cert_file: "cert.pem", key_file: "key.pem" } }
        const [before, after] = how === "begun" ? [{ port: 0 }, secure] : [secure, { port: 0 }]
        const { "proxy.json": file } = yield* written(folder, {
          "cert.pem": pem("self-signed.cert.pem"),
          "key.pem": pem("self-signed.key.pem"),
          "proxy.json": configurationFor(endpoint, "key", { workers: 2, listen: before })
        })
        const proxy = yield* started(["--config", file], {})
        const { url } = yield* readyLine(proxy)
        yield* until(() => workersOf(proxy).length === 2)
        if (how === "ended") yield* Effect.promise(() => rm(join(folder, "cert.pem")))
        yield* Effect.promise(() => writeFile(file, configurationFor(endpoint, "key", { workers: 2, listen: after })))
        yield* logged(proxy, "configuration loaded")
        process.kill(workersOf(proxy)[0]!, "SIGKILL")
        yield* until(() => workersOf(proxy).length === 3)
        assert.deepStrictEqual([...new Set(yield* many(10, url))], [200])
      }).pipe(Effect.scoped)
  )

  it.live("follow a file that has Redis no more, though nothing prints its password any more", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const folder = yield* temporaryFolder
      // Nobody listens there: the proxy goes on by itself.
      const redis = { url: "redis://127.0.0.1:1", password_command: ["cat", "password"] }
      const { "proxy.json": file } = yield* written(folder, {
        password: "Canary",
        "proxy.json": configurationFor(endpoint, "first", { workers: 2, redis })
      })
      const proxy = yield* started(["--config", file], {})
      const { url } = yield* readyLine(proxy)
      yield* until(() => workersOf(proxy).length === 2)
      yield* Effect.promise(() => rm(join(folder, "password")))
      yield* Effect.promise(() => writeFile(file, configurationFor(endpoint, "second", { workers: 2 })))
      yield* logged(proxy, "configuration loaded")
      assert.deepStrictEqual([...new Set(yield* many(9, url, "second"))], [200])
    }).pipe(Effect.scoped)
  )

  it.live("is not ready while none of them serves", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { admin, proxy } = yield* running(endpoint)
      const ready = Effect.map(fetched(`${admin}/readyz`), ({ status }) => status)
      assert.strictEqual(yield* ready, 200)
      for (const pid of workersOf(proxy)) process.kill(pid, "SIGKILL")
      yield* eventually(ready, (status) => status === 503)
      yield* eventually(ready, (status) => status === 200)
    }).pipe(Effect.scoped)
  )

  it.live("ends with an error when they die again and again", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { proxy } = yield* running(endpoint)
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      let killed = 0
      const killing = yield* Effect.forkChild(
        Effect.forever(
          Effect.andThen(
            Effect.sync(() => {
              for (const pid of workersOf(proxy).slice(killed)) {
                killed++
                if (isAlive(pid)) process.kill(pid, "SIGKILL")
              }
            }),
            Effect.sleep("10 millis")
          )
        )
      )
      assert.strictEqual(yield* Fiber.join(exit), 1)
      yield* Fiber.interrupt(killing)
      assert.include(proxy.output.stderr, "workers have ended 5 times within 60 s, the last with SIGKILL")
      assert.deepStrictEqual(workersOf(proxy).filter(isAlive), [])
    }).pipe(Effect.scoped)
  )

  it.live("drains all of them on SIGTERM: what they have been handed is answered, and the exit code is 0", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => void setTimeout(() => response.end(body), 50))
      const { proxy, url } = yield* running(endpoint, {
        // Every request has to wait for the cloud, and none is one too many.
        cache: { entries: 0 },
        quotas: {
          classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
          upstream_per_project_per_second: 200
        }
      })
      const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
      const outcomes: Array<number | string | undefined> = []
      // Each asks again and again, on a new connection each time, until nobody takes one.
      const asking = Effect.promise(async () => {
        while (outcomes.length < 20_000) {
          const outcome = await new Promise<number | string | undefined>((resolve) => {
            const sent = request(url + path, { headers: withKey("key"), agent: new Agent() }, (response) => {
              response.resume().on("end", () => resolve(response.statusCode))
            })
            sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code)).end()
          })
          outcomes.push(outcome)
          if (outcome !== 200) return
        }
      })
      const load = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 20 }, () => asking),
          { concurrency: "unbounded" }
        ),
        { startImmediately: true }
      )
      yield* until(() => outcomes.length >= 100)
      proxy.process.kill("SIGTERM")
      yield* Fiber.join(load)
      assert.strictEqual(yield* Fiber.join(exit), 0)
      assert.deepStrictEqual([...new Set(outcomes)], [200, "ECONNREFUSED"])
      assert.deepStrictEqual(workersOf(proxy).filter(isAlive), [])
    }).pipe(Effect.scoped)
  )

  it.live("puts a configuration in force in all of them or in none, and gives a new one what is in force", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { admin, file, proxy, url } = yield* running(endpoint, { quotas: { failed_sign_ins_per_minute: 10_000 } })
      const replace = (text: string) =>
        Effect.promise(async () => {
          await writeFile(`${file}.new`, text)
          await rename(`${file}.new`, file)
        })
      assert.deepStrictEqual([...new Set(yield* many(9, url, "second"))], [401])
      yield* replace(configurationFor(endpoint, "second", { workers: 2 }))
      yield* logged(proxy, "configuration loaded")
      assert.deepStrictEqual([...new Set(yield* many(9, url, "second"))], [200])

      yield* replace(configurationFor(endpoint, "third", { lisen: {} }))
      yield* logged(proxy, "the old one serves on")
      assert.strictEqual(yield* metric(admin, "cbr_proxy_configuration_rejected"), 1)
      process.kill(workersOf(proxy)[0]!, "SIGKILL")
      yield* until(() => workersOf(proxy).length === 3)
      assert.deepStrictEqual([...new Set(yield* many(9, url, "second"))], [200])
      assert.deepStrictEqual([...new Set(yield* many(9, url, "third"))], [401])

      // It can be read, but no worker can make a client for such an address.
      proxy.output.stderr = ""
      yield* replace(configurationFor("http://127.0.0.1:99999", "fourth", { workers: 2 }))
      yield* logged(proxy, "the old one serves on")
      assert.include(proxy.output.stderr, "must be an address")
      assert.deepStrictEqual([...new Set(yield* many(9, url, "second"))], [200])
    }).pipe(Effect.scoped)
  )

  it.live("sends a key that the cloud refuses once, whichever worker was asked", () =>
    Effect.gen(function* () {
      let calls = 0
      const server = createServer((_, response) => {
        calls++
        setTimeout(() => response.writeHead(401).end('{"error_code":"APIGW.0301","error_msg":"no"}'), 100)
      })
      yield* Effect.acquireRelease(
        Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
        () => Effect.sync(() => server.close())
      )
      const { port } = server.address() as { port: number }
      const { admin, url } = yield* running(`http://127.0.0.1:${port}`, {
        workers: 3,
        // However busy the machine is.
        upstream: { attempt_timeout_ms: 20_000, deadline_ms: 30_000 },
        limits: { deadline_ms: 60_000 },
        credentials: { main: { type: "access_key", ak: "AK", sk: "Canary-upstream" } }
      })
      assert.deepStrictEqual([...new Set(yield* many(12, url))], [502])
      assert.deepStrictEqual([...new Set(yield* many(12, url))], [502])
      assert.strictEqual(calls, 1)
      const ready = yield* fetched(`${admin}/readyz`)
      assert.match(ready.text, /"main":"refused until /)
      assert.strictEqual(yield* metric(admin, 'cbr_proxy_upstream_credential_refused{credential="main"}'), 1)
    }).pipe(Effect.scoped)
  )

  it.live("holds quotas over all of them", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const { url } = yield* running(endpoint, {
        quotas: { classes: { default: { requests_per_second: 1, burst: 30 } } }
      })
      const begun = Date.now()
      const statuses = yield* many(120, url)
      const earned = Math.ceil((Date.now() - begun) / 1_000) + 2
      const granted = statuses.filter((status) => status === 200).length
      // More than one worker's share, and no more than what all of them may grant.
      assert.isTrue(granted > 15 + earned && granted <= 30 + earned, `${granted} granted, ${earned} of them earned`)
      assert.strictEqual(statuses.filter((status) => status === 429).length, 120 - granted)
    }).pipe(Effect.scoped)
  )

  it.live("says once why none could start", () =>
    Effect.gen(function* () {
      const server = createServer()
      yield* Effect.acquireRelease(
        Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
        () => Effect.sync(() => server.close())
      )
      const { port } = server.address() as { port: number }
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("http://127.0.0.1:9", "key", { workers: 2 })
      })
      const proxy = yield* started(["--config", file, "--port", String(port)], {})
      assert.strictEqual(yield* ended(proxy), 2)
      assert.strictEqual(proxy.output.stderr.split("cannot listen").length, 2)
      assert.strictEqual(proxy.output.stdout, "")
    }).pipe(Effect.scoped)
  )

  it.live("without a file they know the one key, and none outlives the primary process", () =>
    Effect.gen(function* () {
      const endpoint = yield* cloud((response) => response.end(body))
      const proxy = yield* started(["--port", "0", "--workers", "2"], { CBR_ENDPOINT: endpoint, CBR_TOKEN: "token" })
      const { key, url } = yield* readyLine(proxy)
      assert.deepStrictEqual([...new Set(yield* many(10, url, key))], [200])
      yield* until(() => workersOf(proxy).length === 2)
      const workers = workersOf(proxy)
      proxy.process.kill("SIGKILL")
      yield* until(() => workers.every((pid) => !isAlive(pid)))
    }).pipe(Effect.scoped)
  )

  it.live.each(["0", "257", "many"])("does not start with %s of them", (count) =>
    Effect.gen(function* () {
      const proxy = yield* started(["--port", "0", "--workers", count], { CBR_ENDPOINT: "http://127.0.0.1:9" })
      assert.strictEqual(yield* ended(proxy), 2)
      assert.include(proxy.output.stderr, "auto, or a number from 1 to 256")
    }).pipe(Effect.scoped)
  )
})
