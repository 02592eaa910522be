import { connect, type Socket } from "node:net"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Duration, Effect } from "effect"
import { Listener } from "../../src/server/Server.ts"
import { head, rawExchange, statusesOf } from "../RawExchange.ts"
import { large, LargeAnswers, layer as edgeServer } from "./TestServer.ts"

const get = (target: string, ...more: ReadonlyArray<string>) =>
  head(`GET ${target} HTTP/1.1`, "Host: localhost", ...more)
const post = (body: string, ...more: ReadonlyArray<string>) =>
  head("POST / HTTP/1.1", "Host: localhost", ...more) + body
const chunked = (body: string) => post(body, "Transfer-Encoding: chunked")
const last = get("/", "Connection: close")

layer(edgeServer(), { excludeTestServices: true })("bodies", (it) => {
  const malformed: ReadonlyArray<readonly [string, request: string, status: number]> = [
    ["a hexadecimal prefix in a chunk's size", chunked("0x1\r\na\r\n0\r\n\r\n"), 400],
    ["an underscore in a chunk's size", chunked("0_2\r\nab\r\n0\r\n\r\n"), 400],
    ["a chunk's size that overflows", chunked(`${"f".repeat(19)}\r\na\r\n0\r\n\r\n`), 400],
    ["a negative chunk's size", chunked("-1\r\na\r\n0\r\n\r\n"), 400],
    ["a chunk's size that ends in LF", chunked("1\na\r\n0\r\n\r\n"), 400],
    ["a chunk that ends in LF", chunked("1\r\na\n0\r\n\r\n"), 400],
    ["a last chunk that ends in LF", chunked("1\r\na\r\n0\n\n"), 400],
    ["CR in a chunk's extension", chunked("1;a\rb\r\na\r\n0\r\n\r\n"), 400],
    ["LF in a chunk's extension", chunked("1;a\nb\r\na\r\n0\r\n\r\n"), 400],
    ["a chunk's extension of 20 KB", chunked(`1;${"e".repeat(20_480)}\r\na\r\n0\r\n\r\n`), 400],
    ["more chunks than a body may have", chunked(`fffff\r\n${"x".repeat(0xfffff)}\r\n0\r\n\r\n`), 413]
  ]

  it.effect.each(malformed)("%s ends the connection with one problem", ([, request, status]) =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      for (const sent of [request, request + last]) {
        const received = yield* rawExchange(url, sent)
        assert.deepStrictEqual(statusesOf(received), [status])
        assert.match(received, /^content-type: application\/problem\+json\r$/im)
      }
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, get("/") + request + last)), [200, status])
    })
  )

  it.effect("a well-formed body is read, and the request behind it served", () =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      const bodies = [post("one", "Content-Length: 3"), chunked("3;e=1\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n")]
      const received = yield* rawExchange(url, bodies.join("") + last)
      assert.deepStrictEqual(statusesOf(received), [200, 200, 200])
      assert.match(received, /\r\n\r\none[^]*\r\n\r\ntwo/)
    })
  )

  it.effect("a body is asked for only once its head is accepted", () =>
    Effect.gen(function* () {
      const { url } = yield* Listener
      const patient = (length: number) => post("x".repeat(length), "Expect: 100-continue", `Content-Length: ${length}`)
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, patient(1) + last)), [100, 200, 200])
      assert.deepStrictEqual(statusesOf(yield* rawExchange(url, patient(70_000))), [413])
    })
  )
})

const opened = Effect.fnUntraced(function* (localAddress = "127.0.0.1") {
  const { hostname, port } = new URL((yield* Listener).url)
  return yield* Effect.acquireRelease(
    Effect.callback<Socket>((resume) => {
      const socket = connect({ host: hostname, port: Number(port), localAddress }, () => resume(Effect.succeed(socket)))
      socket.on("error", () => undefined)
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )
})

const ended = (socket: Socket): Effect.Effect<string> =>
  Effect.callback((resume) => {
    let received = ""
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()))
    socket.on("close", () => resume(Effect.succeed(received)))
    if (socket.closed) resume(Effect.succeed(received))
  })

const soon = { checkInterval: Duration.millis(20) }

describe("a slow peer", () => {
  it.live("a silent peer is told that it took too long", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(statusesOf(yield* ended(yield* opened())), [408])
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ ...soon, headTime: Duration.millis(50) })))
  )

  it.live("a peer that sends a head byte by byte is told that it took too long while it still sends", () =>
    Effect.gen(function* () {
      const socket = yield* opened()
      socket.write("GET / HTTP/1.1\r\nx: ")
      const timer = setInterval(() => socket.write("y"), 10)
      const received = yield* ended(socket)
      clearInterval(timer)
      assert.deepStrictEqual(statusesOf(received), [408])
      assert.match(received, /"error_code":"CbrProxy\.RequestTimeout"/)
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ ...soon, headTime: Duration.millis(200) })))
  )

  it.live("a peer that keeps a body back is told that it took too long", () =>
    Effect.gen(function* () {
      const socket = yield* opened()
      socket.write(post("ab", "Content-Length: 5"))
      assert.deepStrictEqual(statusesOf(yield* ended(socket)), [408])
    }).pipe(
      Effect.scoped,
      Effect.provide(edgeServer({ ...soon, headTime: Duration.millis(100), requestTime: Duration.millis(100) }))
    )
  )

  it.live("a peer that asks and never reads is cut", () =>
    Effect.gen(function* () {
      const socket = (yield* opened()).pause()
      socket.write(get("/large"))
      yield* Deferred.await((yield* LargeAnswers).ended)
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ idleTime: Duration.millis(100) })))
  )

  it.live("a peer that never reads, and sends a byte now and then, is cut with the age of the connection", () =>
    Effect.gen(function* () {
      const socket = (yield* opened()).pause()
      socket.write(get("/large"))
      const timer = setInterval(() => socket.write("\r\n"), 20)
      yield* Deferred.await((yield* LargeAnswers).ended)
      clearInterval(timer)
    }).pipe(
      Effect.scoped,
      Effect.provide(edgeServer({ idleTime: Duration.millis(200), connectionAge: Duration.millis(200) }))
    )
  )

  it.live("a peer that is idle between requests is cut, and one that waits for an answer is not", () =>
    Effect.gen(function* () {
      const waiting = yield* opened()
      waiting.write(get("/never"))
      const idle = yield* opened()
      idle.write(get("/"))
      assert.deepStrictEqual(statusesOf(yield* ended(idle)), [200])
      yield* Effect.sleep("600 millis")
      assert.isTrue(waiting.writable)
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ idleTime: Duration.millis(500) })))
  )
})

describe("a greedy peer", () => {
  it.live("a peer that sends a thousand requests and reads nothing gets a few answers made", () =>
    Effect.gen(function* () {
      const answers = yield* LargeAnswers
      const socket = (yield* opened()).pause()
      socket.write(get("/large").repeat(1_000))
      yield* Deferred.await(answers.ended)
      assert.isAtMost(answers.begun, 8)
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ idleTime: Duration.millis(300) })))
  )

  it.live("a peer that sends many requests and reads gets every answer, in order", () =>
    Effect.gen(function* () {
      const socket = yield* opened()
      const bodies = Array.from({ length: 500 }, (_, n) => `<${n}>`)
      socket.write(bodies.map((body) => post(body, `Content-Length: ${body.length}`)).join("") + last)
      const received = yield* ended(socket)
      assert.deepStrictEqual(received.match(/<\d+>/g), bodies)
      assert.deepStrictEqual(statusesOf(received), Array(501).fill(200))
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ requestsAtOnce: 3 })))
  )

  it.live("a peer that leaves too much unread beside others loses the connection, and a peer that reads does not", () =>
    Effect.gen(function* () {
      const answers = yield* LargeAnswers
      const sockets = []
      for (const begun of [1, 2, 3]) {
        const socket = yield* opened()
        socket.write(get("/large", "Connection: close"))
        sockets.push(socket)
        yield* Effect.repeat(Effect.sleep("20 millis"), { until: () => answers.begun === begun })
        // The next one begins to wait after this one.
        yield* Effect.sleep("100 millis")
      }
      // Each leaves some 60 MiB: two are too many.
      yield* Deferred.await(answers.ended)
      const [first, second, third] = yield* Effect.forEach(sockets, ended, { concurrency: "unbounded" })
      const isWhole = (received: string) => received.length > large.length
      assert.deepStrictEqual(
        [first, second, third].map((received) => isWhole(received!)),
        [false, false, true]
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(edgeServer({ checkInterval: Duration.millis(20), unsentBytesInAll: 90 * 1024 * 1024 }))
    )
  )

  it.live("has 64 connections, and leaves the others theirs", () =>
    Effect.gen(function* () {
      const sockets = yield* Effect.forEach(Array.from({ length: 64 }), () => opened())
      assert.strictEqual(yield* ended(yield* opened()), "")
      const other = yield* opened("127.0.0.2")
      other.write(last)
      assert.deepStrictEqual(statusesOf(yield* ended(other)), [200])
      sockets[0]!.end(last)
      assert.deepStrictEqual(statusesOf(yield* ended(sockets[0]!)), [200])
      const again = yield* opened()
      again.write(last)
      assert.deepStrictEqual(statusesOf(yield* ended(again)), [200])
    }).pipe(Effect.scoped, Effect.provide(edgeServer()))
  )

  it.live("cannot take a connection beyond the last one", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(Array.from({ length: 3 }), () => opened())
      assert.strictEqual(yield* ended(yield* opened("127.0.0.2")), "")
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ connections: 3 })))
  )

  it.live("is told that the connection ends, when it has had its requests", () =>
    Effect.gen(function* () {
      const socket = yield* opened()
      socket.write(get("/").repeat(4))
      const received = yield* ended(socket)
      assert.deepStrictEqual(statusesOf(received), [200, 200, 200])
      assert.lengthOf(received.match(/^connection: close\r$/gim) ?? [], 1)
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ requestsPerConnection: 3 })))
  )

  it.live("cannot keep a connection for ever", () =>
    Effect.gen(function* () {
      const socket = yield* opened()
      const timer = setInterval(() => socket.write(get("/")), 20)
      const received = yield* ended(socket)
      clearInterval(timer)
      assert.isAbove(statusesOf(received).length, 1)
    }).pipe(Effect.scoped, Effect.provide(edgeServer({ connectionAge: Duration.seconds(1) })))
  )
})
