import { once } from "node:events"
import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http"
import { connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { omitUndefined } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Queue } from "effect"
import { body, cloud, configurationFor, path, sha256, withKey } from "../ConfiguredProcess.ts"
import { ended, logged, readyLine, started } from "../ProxyProcess.ts"
import { head, statusesOf } from "../RawExchange.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

/** A cloud whose answers the test gives. */
const heldCloud = Effect.gen(function* () {
  const arrived = yield* Queue.unbounded<ServerResponse>()
  const endpoint = yield* cloud((response) => void Queue.offerUnsafe(arrived, response))
  return { endpoint, next: Queue.take(arrived) }
})

/** A proxy of one caller, without a file: it serves nothing new once it is told to stop. */
const proxyOf = Effect.fnUntraced(function* (endpoint: string) {
  const running = yield* started(["--port", "0"], { CBR_ENDPOINT: endpoint, CBR_TOKEN: "t", CBR_PROXY_KEY: "key" })
  const { url } = yield* readyLine(running)
  const exit = yield* Effect.forkChild(ended(running), { startImmediately: true })
  return { running, url, exit, stop: Effect.sync(() => running.process.kill("SIGTERM")) }
})

const configuredProxy = Effect.fnUntraced(function* (configuration: string) {
  const { "proxy.json": file } = yield* written(yield* temporaryFolder, { "proxy.json": configuration })
  const running = yield* started(["--config", file], {})
  const { admin, url } = yield* readyLine(running)
  const exit = yield* Effect.forkChild(ended(running), { startImmediately: true })
  return { running, url, admin, exit, stop: Effect.sync(() => running.process.kill("SIGTERM")) }
})

/** A connection whose peer reads nothing until it is asked for what came. */
const opened = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const { hostname, port } = new URL(url)
      const socket = connect({ port: Number(port), host: hostname })
      socket.on("error", () => undefined)
      await once(socket, "connect")
      return socket
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

const received = (socket: Socket) =>
  Effect.callback<string>((resume) => {
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    const finish = () => resume(Effect.succeed(Buffer.concat(chunks).toString("latin1")))
    socket.on("close", finish)
    if (socket.closed) finish()
  })

const get = (target: string, ...more: ReadonlyArray<string>) =>
  head(`GET ${target} HTTP/1.1`, "Host: localhost", "X-Api-Key: key", ...more)

const fetched = async (url: string, agent?: Agent) => {
  const sent = request(url, { headers: withKey("key"), ...omitUndefined({ agent }) }).end()
  const [response] = (await once(sent, "response")) as [IncomingMessage]
  response.resume()
  await once(response, "end")
  return response
}

const isRefused = (url: string) =>
  Effect.callback<boolean>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on("connect", () => {
      socket.destroy()
      resume(Effect.succeed(false))
    })
    socket.on("error", () => resume(Effect.succeed(true)))
  })

/** The proxy listens no more. */
const closed = (url: string) => Effect.repeat(isRefused(url), { until: (refused) => refused })

/** Longer than a process takes to start on a machine that has other things to do. */
const patience = 60_000

describe("a drain", () => {
  it.live(
    "gives a peer that reads late the whole of its answer",
    () =>
      Effect.gen(function* () {
        const large = `{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d","status":"available","name":"${"n".repeat(8_000_000)}"}}`
        const proxy = yield* proxyOf(yield* cloud((response) => response.end(large)))
        // From now on it is in the cache, however long the cloud took for it.
        const cached = Effect.promise(async () => (await fetched(proxy.url + path)).statusCode === 200)
        yield* Effect.repeat(cached, { until: (isCached) => isCached })
        proxy.running.output.stderr = ""
        const socket = yield* opened(proxy.url)
        socket.write(get(path))
        yield* logged(proxy.running, '"answered"')
        yield* proxy.stop
        yield* closed(proxy.url)
        // Time for a proxy that closes what it takes for idle.
        yield* Effect.sleep("300 millis")
        const answer = yield* received(socket)
        assert.strictEqual(answer.slice(answer.indexOf("\r\n\r\n") + 4).length, large.length)
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
        assert.notInclude(proxy.running.output.stderr, "cut off")
      }).pipe(Effect.scoped),
    patience
  )

  it.live(
    "answers requests that came together, and ends the connection with the last",
    () =>
      Effect.gen(function* () {
        const { endpoint, next } = yield* heldCloud
        const proxy = yield* proxyOf(endpoint)
        const socket = yield* opened(proxy.url)
        const other = path.replace("6df2b54c", "7df2b54c")
        socket.write(get(path) + get(other))
        const [first, second] = [yield* next, yield* next]
        yield* proxy.stop
        yield* closed(proxy.url)
        second.end(body.replace("6df2b54c", "7df2b54c"))
        first.end(body)
        const answers = (yield* received(socket)).split(/(?=HTTP\/1\.1 )/)
        assert.deepStrictEqual(answers.flatMap(statusesOf), [200, 200])
        assert.include(answers[0]!, body)
        assert.include(answers[1]!, body.replace("6df2b54c", "7df2b54c"))
        const closing = answers.map((answer) => /^connection: close\r$/im.test(answer))
        assert.deepStrictEqual(closing, [false, true])
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
      }).pipe(Effect.scoped),
    patience
  )

  it.live(
    "answers requests that come together while it still serves",
    () =>
      Effect.gen(function* () {
        const endpoint = yield* cloud((response) => response.end(body))
        const proxy = yield* configuredProxy(
          configurationFor(endpoint, "key", { drain: { serve_seconds: 4, finish_seconds: 10 } })
        )
        const socket = yield* opened(proxy.url)
        yield* proxy.stop
        yield* logged(proxy.running, '"draining"')
        socket.write(get(path) + get("/-/healthz").repeat(8) + get(path))
        assert.deepStrictEqual(statusesOf(yield* received(socket)), Array(10).fill(200))
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
      }).pipe(Effect.scoped),
    patience
  )

  it.live(
    "closes idle connections before it waits for the others",
    () =>
      Effect.gen(function* () {
        const { endpoint, next } = yield* heldCloud
        const proxy = yield* proxyOf(endpoint)
        const [silent, idle, waiting] = [yield* opened(proxy.url), yield* opened(proxy.url), yield* opened(proxy.url)]
        idle.write(get("/-/healthz"))
        waiting.write(get(path))
        const upstream = yield* next
        yield* proxy.stop
        assert.strictEqual(yield* received(silent), "")
        assert.deepStrictEqual(statusesOf(yield* received(idle)), [200])
        assert.isTrue(waiting.readable)
        upstream.end(body)
        assert.deepStrictEqual(statusesOf(yield* received(waiting)), [200])
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
      }).pipe(Effect.scoped),
    patience
  )

  it.live(
    "takes the request whose head was on its way",
    () =>
      Effect.gen(function* () {
        const endpoint = yield* cloud((response) => response.end(body))
        const proxy = yield* proxyOf(endpoint)
        const socket = yield* opened(proxy.url)
        socket.write(get(path).slice(0, -2))
        // An answer on another connection: what was sent before has been read by now.
        const other = yield* opened(proxy.url)
        other.write(get("/-/healthz", "Connection: close"))
        yield* received(other)
        yield* proxy.stop
        yield* closed(proxy.url)
        yield* Effect.sleep("300 millis")
        socket.write("\r\n")
        assert.deepStrictEqual(statusesOf(yield* received(socket)), [200])
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
      }).pipe(Effect.scoped),
    patience
  )

  it.live.each([0, 3])(
    "loses no request of fifty clients that go on asking, with %i s for balancers",
    (serve_seconds) =>
      Effect.gen(function* () {
        const endpoint = yield* cloud((response) => void setTimeout(() => response.end(body), 5))
        const proxy = yield* configuredProxy(
          configurationFor(endpoint, "key", {
            drain: { serve_seconds, finish_seconds: 10 },
            quotas: { classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } } },
            cache: { fresh_seconds: { unknown: 1 } }
          })
        )
        const fetched = async (url: string, agent?: Agent) => {
          const sent = request(url, { headers: withKey("key"), ...omitUndefined({ agent }) }).end()
          const [response] = (await once(sent, "response")) as [IncomingMessage]
          response.resume()
          await once(response, "end")
          return response
        }
        const underWay = yield* Deferred.make<void>()
        const served = new Map<number, number>()
        // New connections are for while the proxy says that it is ready.
        let ready = serve_seconds > 0
        // Asks again soon, on one connection until told that it ends; none more than 5,000 times.
        const client = async (id: number) => {
          const agent = new Agent({ keepAlive: true, maxSockets: 1 })
          for (let n = 1; n <= 5_000; n++) {
            const { headers, statusCode } = await fetched(proxy.url + path, agent)
            if (statusCode !== 200) return statusCode
            served.set(id, n)
            if (served.size === 50) Deferred.doneUnsafe(underWay, Effect.void)
            if (headers.connection === "close" && !ready) return "told"
            await sleep(10)
          }
          return "never told"
        }
        const clients = Promise.all(Array.from({ length: 50 }, (_, id) => client(id)))
        yield* Deferred.await(underWay)
        yield* proxy.stop
        yield* Effect.promise(async () => {
          while (ready) ready = (await fetched(`${proxy.admin}/readyz`)).statusCode === 200
        })
        const ends: ReadonlyArray<unknown> = yield* Effect.promise(() => clients)
        assert.deepStrictEqual([...new Set(ends)], ["told"])
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
      }).pipe(Effect.scoped)
  )

  it.live(
    "tells watchers that the proxy leaves, and waits for none of them",
    () =>
      Effect.gen(function* () {
        const endpoint = yield* cloud((response) => response.end(body))
        const [, , project, , backup] = path.split("/")
        const proxy = yield* configuredProxy(
          configurationFor(endpoint, "key", {
            drain: { serve_seconds: 0, finish_seconds: 50 },
            callers: { billing: { keys: [{ sha256: sha256("key") }], projects: [project], scopes: ["read", "watch"] } }
          })
        )
        const socket = yield* opened(proxy.url)
        socket.write(get(`/-/v1/projects/${project}/backups/${backup}/events`))
        const events = yield* Effect.forkChild(received(socket), { startImmediately: true })
        yield* Effect.promise(() => once(socket, "data"))
        yield* proxy.stop
        assert.match(yield* Fiber.join(events), /^event: rotate\r?\n/m)
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
        assert.notInclude(proxy.running.output.stderr, "cut off")
      }).pipe(Effect.scoped),
    // Shorter than the grace, so that the test does not wait for it.
    40_000
  )

  it.live(
    "says how many requests it cut off when the grace is over, and exits with 0",
    () =>
      Effect.gen(function* () {
        const { endpoint, next } = yield* heldCloud
        const proxy = yield* configuredProxy(
          configurationFor(endpoint, "key", { drain: { serve_seconds: 0, finish_seconds: 1 } })
        )
        const socket = yield* opened(proxy.url)
        socket.write(get(path) + get(path))
        yield* next
        yield* proxy.stop
        assert.strictEqual(yield* received(socket), "")
        assert.strictEqual(yield* Fiber.join(proxy.exit), 0)
        const line = proxy.running.output.stderr.split("\n").find((text) => text.includes("cut off"))
        assert.deepInclude((JSON.parse(line ?? "{}") as { readonly annotations?: object }).annotations, { requests: 2 })
      }).pipe(Effect.scoped),
    patience
  )

  it.live(
    "told a second time, ends at once with 143",
    () =>
      Effect.gen(function* () {
        const { endpoint, next } = yield* heldCloud
        const proxy = yield* proxyOf(endpoint)
        const socket = yield* opened(proxy.url)
        socket.write(get(path))
        yield* next
        yield* proxy.stop
        yield* closed(proxy.url)
        yield* proxy.stop
        assert.strictEqual(yield* Fiber.join(proxy.exit), 143)
        assert.strictEqual(yield* received(socket), "")
      }).pipe(Effect.scoped),
    patience
  )
})
