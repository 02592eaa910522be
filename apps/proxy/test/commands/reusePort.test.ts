import { once } from "node:events"
import { Agent, type ClientRequest, request } from "node:http"
import { type AddressInfo, createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { needs } from "../../../../debian.ts"
import { body, cloud, configurationFor, path, withKey } from "../ConfiguredProcess.ts"
import { ended, readyLine, started } from "../ProxyProcess.ts"
import { makeRedisServer } from "../store/RedisServer.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

/** A port that was free a moment ago: two processes are to agree on it. */
const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
})

/** Two processes on one port, with a Redis between them. */
const pair = Effect.gen(function* () {
  const redis = yield* makeRedisServer()
  const endpoint = yield* cloud((response) => void setTimeout(() => response.end(body), 20))
  const port = yield* freePort
  const settings = {
    listen: { port, reuse_port: true },
    drain: { serve_seconds: 0, finish_seconds: 10 },
    redis: { url: redis.url, replicas: 2, time_limit_ms: 1_000 },
    quotas: {
      classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
      upstream_per_project_per_second: 200
    },
    limits: { connections_per_address: 2_000, connections: 2_000 }
  }
  const { "proxy.json": file } = yield* written(yield* temporaryFolder, {
    "proxy.json": configurationFor(endpoint, "key", settings)
  })
  const start = Effect.gen(function* () {
    const proxy = yield* started(["--config", file], {})
    return { ...proxy, ...(yield* readyLine(proxy)) }
  })
  const [one, other] = yield* Effect.all([start, start], { concurrency: "unbounded" })
  return { one, other, url: `http://127.0.0.1:${port}`, start }
})

/** What became of each of many requests. */
type Outcomes = Map<string, number>

const sent = (url: string, agent: Agent) =>
  new Promise<string>((resolve) => {
    const asking: ClientRequest = request(url + path, { headers: withKey("key"), agent }, (response) => {
      response.resume().on("end", () => resolve(String(response.statusCode)))
    })
    asking.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end()
  })

/** Callers that ask again and again, on a new connection each or on one that is kept, until they are told to stop. */
const load = (url: string, callers: number, keepAlive: boolean) => {
  const outcomes: Outcomes = new Map()
  const state = { isOver: false }
  const asking = Array.from({ length: callers }, async () => {
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    while (!state.isOver) {
      const outcome = await sent(url, agent)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    agent.destroy()
  })
  return {
    outcomes,
    total: () => [...outcomes.values()].reduce((sum, count) => sum + count, 0),
    stop: async () => {
      state.isOver = true
      await Promise.all(asking)
    }
  }
}

const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.andThen(Effect.sleep("10 millis"), until(holds))))

const more = ({ total }: ReturnType<typeof load>, count: number) =>
  Effect.suspend(() => {
    const before = total()
    return until(() => total() >= before + count)
  })

const requestsOf = (admin: string) =>
  Effect.promise(async () => {
    const text = await (await fetch(`${admin}/metrics`)).text()
    return Array.from(text.matchAll(/^cbr_proxy_requests_total\{[^}]*status="200"[^}]*\} (\d+)$/gm)).reduce(
      (sum, [, count]) => sum + Number(count),
      0
    )
  })

describe("two processes on one port", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("share the connections, and a caller on a kept connection loses nothing when one drains", () =>
    Effect.gen(function* () {
      const { one, other, url } = yield* pair
      const callers = load(url, 24, true)
      yield* more(callers, 500)
      assert.isAbove(yield* requestsOf(one.admin), 0)
      assert.isAbove(yield* requestsOf(other.admin), 0)
      const exit = yield* Effect.forkChild(ended(one), { startImmediately: true })
      one.process.kill("SIGTERM")
      assert.strictEqual(yield* Fiber.join(exit), 0)
      yield* more(callers, 200)
      yield* Effect.promise(callers.stop)
      const { outcomes } = callers
      const lost = [...outcomes].filter(([outcome]) => outcome !== "200")
      // The system resets connections that wait to be accepted when a socket is closed, unless net.ipv4.tcp_migrate_req is 1.
      const resets = lost.reduce((sum, [, count]) => sum + count, 0)
      assert.deepStrictEqual(
        lost.filter(([outcome]) => outcome !== "ECONNRESET"),
        []
      )
      assert.isAtMost(resets, 24, "none more than one for each caller, which connects once")
    }).pipe(Effect.scoped)
  )

  it.live("lose what one was answering when it is killed, and nothing after", () =>
    Effect.gen(function* () {
      const { one, other, start, url } = yield* pair
      const callers = load(url, 24, false)
      yield* more(callers, 500)
      const killed = yield* Effect.forkChild(ended(one), { startImmediately: true })
      one.process.kill("SIGKILL")
      yield* Fiber.join(killed)
      yield* more(callers, 24)
      const lost = () => callers.total() - (callers.outcomes.get("200") ?? 0)
      const lostThen = lost()
      yield* more(callers, 500)
      assert.strictEqual(lost(), lostThen, "the other serves every caller")
      const again = yield* start
      yield* more(callers, 500)
      yield* Effect.promise(callers.stop)
      assert.isAbove(yield* requestsOf(again.admin), 0, "one that comes back gets its part")
      assert.isAbove(yield* requestsOf(other.admin), 0)
      assert.isAtMost(lostThen, 48)
    }).pipe(Effect.scoped)
  )
})

describe("listen.reuse_port", () => {
  const without = configurationFor("http://127.0.0.1:9", "key", { listen: { port: 0, reuse_port: true } })

  it.live.each([
    ["check", 1],
    ["--config", 2]
  ] as const)("is refused by %s without Redis, with what would multiply", ([command, code]) =>
    Effect.gen(function* () {
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, { "proxy.json": without })
      const proxy = yield* started([command, file], {})
      assert.strictEqual(yield* ended(proxy), code)
      assert.match(
        proxy.output.stderr,
        /listen\.reuse_port: needs a `redis`: .*quota.*refused key.*signed request that another has taken/
      )
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["check", 1],
    ["--config", 2]
  ] as const)("is refused by %s on a system that cannot share a port, with what to do", ([command, code]) =>
    Effect.gen(function* () {
      const settings = { listen: { port: 0, reuse_port: true }, redis: { url: "redis://127.0.0.1:1" } }
      const { "proxy.json": file, "old.cjs": system } = yield* written(yield* temporaryFolder, {
        "proxy.json": configurationFor("http://127.0.0.1:9", "key", settings),
        "old.cjs": `const { Server } = require("node:net"), { listen } = Server.prototype
Server.prototype.listen = function (options, ...rest) {
  if (options?.reusePort !== true) return listen.call(this, options, ...rest)
  const error = Object.assign(new Error("listen ENOTSUP"), { code: "ENOTSUP", syscall: "listen" })
  process.nextTick(() => this.emit("error", error))
  return this
}`
      })
      const proxy = yield* started([command, file], { NODE_OPTIONS: `--require=${system}` })
      assert.strictEqual(yield* ended(proxy), code)
      assert.include(proxy.output.stderr, "this system cannot share a port among processes")
      assert.include(proxy.output.stderr, "listen.reuse_port")
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["4", "check", 1],
    ['"auto"', "check", 1],
    ["4", "--config", 2]
  ] as const)("is what the proxy names instead of workers: %s to %s", ([workers, command, code]) =>
    Effect.gen(function* () {
      const configuration = configurationFor("http://127.0.0.1:9", "key").replace("{", `{"workers":${workers},`)
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, { "proxy.json": configuration })
      const proxy = yield* started([command, file], {})
      assert.strictEqual(yield* ended(proxy), code)
      assert.include(proxy.output.stderr, "workers: expected 1")
      assert.include(proxy.output.stderr, "listen.reuse_port: true")
      assert.include(proxy.output.stderr, "CBR_PROXY_ADMIN_PORT")
    }).pipe(Effect.scoped)
  )

  it.live("is not what workers: 1 asks for, which says nothing", () =>
    Effect.gen(function* () {
      const configuration = configurationFor("http://127.0.0.1:9", "key", { workers: 1 })
      const { "proxy.json": file } = yield* written(yield* temporaryFolder, { "proxy.json": configuration })
      const proxy = yield* started(["check", file], {})
      assert.strictEqual(yield* ended(proxy), 0)
    }).pipe(Effect.scoped)
  )
})
