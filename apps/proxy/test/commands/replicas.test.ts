import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { needs } from "../../../../debian.ts"
import { cloud } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, started } from "../ProxyProcess.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const project = "4229d7a45436489f8c3dc2b1d35d4987"
const path = `/v3/${project}/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d`
const body = '{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d","status":"available","name":"Canary-name"}}'
const sealingKey = "8f".repeat(32)

/** A cloud that takes its time, and counts. */
const slowCloud = Effect.gen(function* () {
  const slow = { calls: 0, endpoint: "" }
  const server = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((_, response) => {
        slow.calls++
        setTimeout(() => response.setHeader("content-type", "application/json").end(body), 300)
      })
      await once(server.listen(0, "127.0.0.1"), "listening")
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )
  slow.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return slow
})

const configurationFor = (endpoint: string, redis: object, settings: Settings) =>
  JSON.stringify({
    listen: { port: 0 },
    admin: { port: 0 },
    drain: { serve_seconds: 0 },
    keys_file: "keys.json",
    callers: { billing: { projects: "*" } },
    credentials: { main: { type: "token", token: "Canary-token" } },
    projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
    regions: { "cn-north-4": { endpoint } },
    redis: { replicas: 3, time_limit_ms: 1_000, ...redis },
    ...settings
  })

/** What is configured beside what all have. */
interface Settings {
  readonly listen?: object
  readonly credentials?: object
  readonly upstream?: object
  readonly limits?: object
}

const keys = ["Canary-key-one", "Canary-key-two"] as const
const keysFile = JSON.stringify({
  keys: keys.map((key) => ({
    id: `billing-${key.slice(-3)}`,
    caller: "billing",
    sha256: createHash("sha256").update(key).digest("hex"),
    created_at: "2026-11-24T00:00:00Z"
  }))
})
const [key, otherKey] = keys

/** Replicas with a folder each, and in it a file of keys of their own. */
const replicasOf = (count: number, endpoint: string, redis: object, settings: Settings = {}) =>
  Effect.forEach(
    Array.from({ length: count }),
    Effect.fnUntraced(function* () {
      const { "proxy.json": config } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor(endpoint, redis, settings),
        "keys.json": keysFile
      })
      const proxy = yield* started(["--config", config], {})
      return { ...proxy, ...(yield* readyLine(proxy)), config }
    }),
    { concurrency: "unbounded" }
  )

/** What `cbr-proxy keys revoke` comes to. */
const revoked = Effect.fnUntraced(function* (config: string, id: string) {
  const revoking = yield* started(["keys", "revoke", "--config", config, id], {})
  return { code: yield* ended(revoking), ...revoking.output }
})

const statusOf = (url: string, key: string) =>
  Effect.promise(async () => {
    const response = await fetch(url + path, { headers: { "x-auth-token": key } })
    return { status: response.status, text: await response.text() }
  })

const eventually = (is: Effect.Effect<boolean>) =>
  Effect.flatMap(is, (yes) => (yes ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 800 }))),
    Effect.orDie
  )

/** Until so many have found Redis: until then each goes on by itself. */
const joined = (server: RedisServer, count: number) =>
  eventually(
    Effect.map(server.cli("pubsub", "numsub", "cbr-proxy:answers"), (told) => Number(told.split("\n")[1]) === count)
  )

const everything = (server: RedisServer) =>
  Effect.flatMap(server.cli("--scan"), (keys) =>
    Effect.forEach(keys.split("\n"), (key) => Effect.orElseSucceed(server.cli("dump", key), () => ""))
  )

describe("processes over one Redis", { timeout: 120_000, ...needs("redis-server") }, () => {
  it.live("make one call for all, and show Redis nothing that is sealed", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const cloud = yield* slowCloud
      const redis = { url: server.url, sealing_keys: [{ id: "one", key: sealingKey }] }
      const replicas = yield* replicasOf(3, cloud.endpoint, redis)
      yield* joined(server, 3)
      const answers = yield* Effect.all(
        replicas.flatMap(({ url }) => Array.from({ length: 10 }, () => statusOf(url, key))),
        { concurrency: "unbounded" }
      )
      for (const answer of answers) assert.deepStrictEqual(answer, { status: 200, text: body })
      assert.strictEqual(cloud.calls, 1)
      const dumped = (yield* everything(server)).join("")
      assert.include(dumped, "sealed.one.")
      assert.notInclude(dumped, "Canary")
      for (const { output } of replicas) assert.notInclude(output.stderr, sealingKey)
    }).pipe(Effect.scoped)
  )

  it.live("refuse a key that was revoked at one of them, if Redis heard of it", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const cloud = yield* slowCloud
      const [one, other] = yield* replicasOf(2, cloud.endpoint, { url: server.url })
      const isRefused = (url: string, key: string) =>
        eventually(Effect.map(statusOf(url, key), ({ status }) => status === 401))
      assert.strictEqual((yield* statusOf(other!.url, key)).status, 200)
      const done = yield* revoked(one!.config, "billing-one")
      assert.deepInclude(done, { code: 0, stdout: "" })
      assert.match(done.stderr, /^billing-one is out of .*; replicas have been told$/m)
      yield* isRefused(one!.url, key)
      yield* isRefused(other!.url, key)

      yield* server.kill
      const untold = yield* revoked(one!.config, "billing-two")
      assert.strictEqual(untold.code, 1)
      assert.include(untold.stderr, "Redis did not take the news")
      yield* isRefused(one!.url, otherKey)
      assert.strictEqual((yield* statusOf(other!.url, otherKey)).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("send a key that the cloud refuses once in all", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      let refused = 0
      const endpoint = yield* cloud((response) => {
        refused++
        setTimeout(() => response.writeHead(401).end('{"error_code":"APIGW.0301","error_msg":"no"}'), 200)
      })
      const replicas = yield* replicasOf(
        3,
        endpoint,
        { url: server.url, sealing_keys: [{ id: "one", key: sealingKey }] },
        {
          // However busy the machine is.
          upstream: { attempt_timeout_ms: 20_000, call_timeout_ms: 30_000 },
          limits: { deadline_ms: 60_000 },
          credentials: { main: { type: "access_key", ak: "AK", sk: "Canary-wrong-sk" } }
        }
      )
      yield* joined(server, 3)
      // A backup each, so that no two calls are one for another reason.
      const ask = (url: string, digits: string) =>
        Effect.promise(async () => {
          const backup = path.slice(0, -digits.length) + digits
          return (await fetch(url + backup, { headers: { "x-auth-token": key } })).status
        })
      const asked = Effect.all(
        replicas.flatMap(({ url }, replica) => Array.from({ length: 4 }, (_, n) => ask(url, `${replica}${n}`))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual([...new Set(yield* asked)], [502])
      assert.deepStrictEqual([...new Set(yield* asked)], [502])
      assert.strictEqual(refused, 1)
      for (const { admin } of replicas) {
        const ready = yield* Effect.promise(async () => (await fetch(`${admin}/readyz`)).text())
        assert.match(ready, /"main":"refused until /)
      }
      assert.notInclude((yield* everything(server)).join(""), "Canary")
    }).pipe(Effect.scoped)
  )

  it.live("serve and end as ever while Redis hangs", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer("--requirepass", "Canary-password")
      const cloud = yield* slowCloud
      const [proxy] = yield* replicasOf(1, cloud.endpoint, { url: server.url, password: "Canary-password" })
      yield* server.hang
      yield* logged(proxy!, "goes on by itself")
      assert.strictEqual((yield* statusOf(proxy!.url, key)).status, 200)
      const ready = yield* Effect.promise(() => fetch(`${proxy!.admin}/readyz`))
      assert.strictEqual(ready.status, 200)
      const metrics = yield* Effect.promise(async () => (await fetch(`${proxy!.admin}/metrics`)).text())
      assert.include(metrics, "cbr_proxy_redis_degraded 1")
      const ending = yield* Effect.forkChild(ended(proxy!), { startImmediately: true })
      proxy!.process.kill("SIGTERM")
      assert.strictEqual(yield* Fiber.join(ending), 0)
      assert.notInclude(proxy!.output.stderr, "Canary")
    }).pipe(Effect.scoped)
  )
})
