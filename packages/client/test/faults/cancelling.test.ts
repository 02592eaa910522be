import { Endpoint } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { show } from "../TestClient.ts"
import { faultServer } from "./FaultServer.ts"

const transports = {
  undici: NodeHttpClient.layerUndici,
  "undici, heard directly": Layer.orDie(layerUndici({})),
  "node:http, heard directly": Layer.orDie(layerNodeHttp({})),
  "node:http": NodeHttpClient.layerNodeHttp,
  "node:http with keep-alive": NodeHttpClient.layerNodeHttpOptions({ keepAlive: true }),
  fetch: FetchHttpClient.layer
}

/** The parts that the server has sent when the caller leaves. */
const moments = {
  "before the head": "",
  "in the head": "HTTP/1.1 200 OK\r\nContent-Le",
  "in the body": `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"backup":`,
  "in a chunked body": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{"backup":`,
  "in the body of an error": "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000\r\n\r\n{"
}

/** Milliseconds from leaving to the server's seeing the socket close. */
const bound = 100

describe.each(Object.entries(transports))("over %s", (_, http) => {
  for (const [moment, bytes] of Object.entries(moments)) {
    for (const way of ["interrupting the fiber", "aborting the signal"] as const) {
      it.live(
        `${way} ${moment} closes the socket within ${bound} ms`,
        () =>
          Effect.gen(function* () {
            const came = Promise.withResolvers<void>()
            const closed = Promise.withResolvers<number>()
            const server = yield* faultServer(({ socket }) => {
              socket.once("close", () => closed.resolve(performance.now()))
              socket.write(bytes, () => setTimeout(came.resolve, 30))
            })
            const call = show({ http, endpoint: Layer.orDie(Endpoint.layer({ endpoint: server.origin })) })
            const leave = yield* leaver(call, way)
            yield* Effect.promise(() => came.promise)
            const left = performance.now()
            const exit = yield* leave
            assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
            assert.isAtMost((yield* Effect.promise(() => closed.promise)) - left, bound)
            assert.strictEqual(server.seen.requests, 1)
          }),
        // A busy machine may itself be late.
        { retry: 2 }
      )
    }
  }
})

/** Starts a call; gives what leaves it and waits for its end. */
const leaver = <A, E>(call: Effect.Effect<A, E>, way: "interrupting the fiber" | "aborting the signal") =>
  Effect.gen(function* () {
    if (way === "interrupting the fiber") {
      const fiber = yield* Effect.forkChild(call)
      return Effect.andThen(Fiber.interrupt(fiber), Fiber.await(fiber))
    }
    const abort = new AbortController()
    const exit = Effect.runPromiseExit(call, { signal: abort.signal })
    return Effect.promise(() => {
      abort.abort()
      return exit
    })
  })
