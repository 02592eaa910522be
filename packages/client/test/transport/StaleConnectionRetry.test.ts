import { once } from "node:events"
import type { Socket } from "node:net"
import { type Attempt, BackupClient, Endpoint, OnAttempt } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import { createBackupClient } from "@cbr/client/promise"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { FetchHttpClient } from "effect/http"
import { faultServer, response, type Serve } from "../faults/FaultServer.ts"
import { httpServer } from "../LoopbackServer.ts"
import { body, clientLayer, request } from "../TestClient.ts"

const ok = response("200 OK", body)

/** Answers one request a connection, and ends the connection in one of these ways. */
const ways: Readonly<Record<string, Serve>> = {
  "as it answers": ({ socket }) => void socket.end(ok),
  "just after it answered": ({ socket }) => void socket.write(ok, () => setImmediate(() => socket.end())),
  "when another request comes": ({ nthOfSocket, socket }) =>
    void (nthOfSocket === 0 ? socket.write(ok) : socket.destroy()),
  "by a reset when another request comes": ({ nthOfSocket, socket }) =>
    void (nthOfSocket === 0 ? socket.write(ok) : socket.resetAndDestroy())
}

const transports = {
  undici: Layer.orDie(layerUndici({})),
  "node:http": Layer.orDie(layerNodeHttp({})),
  fetch: FetchHttpClient.layer
}

/** A client that tries each call once, and what it tells of its attempts. */
const clientOf = (http: (typeof transports)["fetch"], origin: string) => {
  const attempts: Array<Attempt> = []
  const layer = clientLayer({
    http,
    endpoint: Layer.orDie(Endpoint.layer({ endpoint: origin })),
    policy: { retries: 0, circuit: undefined }
  }).pipe(Layer.provide(Layer.succeed(OnAttempt, (attempt: Attempt) => Effect.sync(() => void attempts.push(attempt)))))
  return { attempts, layer }
}

const sixty = Array.from({ length: 60 })

describe.each(Object.entries(transports))("over %s, a server that ends each connection", (transport, http) => {
  for (const [way, serve] of Object.entries(ways)) {
    // Where `fetch` tells of a reset alone, which connection it takes next is not told either.
    const concurrency = transport === "fetch" && way.includes("reset") ? 1 : 8
    it.live(`${way} answers 60 of 60 calls, ${concurrency} at once, each in one attempt`, () =>
      Effect.gen(function* () {
        const server = yield* faultServer(serve)
        const { attempts, layer } = clientOf(http, server.origin)
        const results = yield* Effect.forEach(
          sixty,
          () => BackupClient.use(({ showBackup }) => Effect.result(showBackup(request))),
          { concurrency }
        ).pipe(Effect.provide(layer))
        assert.deepStrictEqual(results.filter(Result.isFailure), [])
        assert.strictEqual(attempts.length, 60)
      })
    )
  }

  it.live("that was fresh is not sent to again: the call fails after one request", () =>
    Effect.gen(function* () {
      const server = yield* faultServer(
        ({ nth, socket }) => void (nth === 0 ? socket.end(ok) : socket.resetAndDestroy())
      )
      const { attempts, layer } = clientOf(http, server.origin)
      yield* BackupClient.use(({ showBackup }) =>
        Effect.gen(function* () {
          yield* showBackup(request)
          yield* Effect.promise(() => allClosed(server.open))
          const error = yield* Effect.flip(showBackup(request))
          assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Broken", attempts: 1 })
        })
      ).pipe(Effect.provide(layer))
      assert.strictEqual(attempts.length, 2)
      // An error of `fetch` that tells no more than the reset may be of a kept one.
      assert.isAtMost(server.seen.requests, transport === "fetch" ? 4 : 2)
    })
  )

  for (const [part, bytes] of [
    ["head", ok.subarray(0, 20)],
    ["body", ok.subarray(0, -100)]
  ] as const) {
    // An error of `fetch` does not tell whether a part of the head had come.
    if (transport === "fetch" && part === "head") continue
    it.live(`in the ${part} of an answer is not asked again within the attempt`, () =>
      Effect.gen(function* () {
        const server = yield* faultServer(
          ({ nthOfSocket, socket }) => void (nthOfSocket === 0 ? socket.write(ok) : socket.end(bytes))
        )
        const { layer } = clientOf(http, server.origin)
        yield* BackupClient.use(({ showBackup }) =>
          Effect.gen(function* () {
            yield* showBackup(request)
            yield* Effect.sleep("50 millis")
            const error = yield* Effect.flip(showBackup(request))
            assert.deepInclude(error, { _tag: "ConnectionFailed", reason: "Broken", attempts: 1 })
          })
        ).pipe(Effect.provide(layer))
        assert.deepInclude(server.seen, { requests: 2, connections: 1 })
      })
    )
  }
})

const allClosed = async (open: ReadonlySet<Socket>): Promise<void> => {
  await Promise.all([...open].map((socket) => once(socket, "close")))
}

describe("the promise client over the platform's fetch", () => {
  it.live("gets 60 of 60 from a server that ends each connection when another request comes", () =>
    Effect.gen(function* () {
      const server = yield* faultServer(ways["when another request comes"]!)
      const client = createBackupClient({
        endpoint: server.origin,
        token: "exampleTokenOfTestsOnly",
        projectId: request.project_id,
        retries: 0
      })
      yield* Effect.addFinalizer(() => Effect.promise(() => client.close()))
      const ids = sixty.map(() => request.backup_id)
      yield* Effect.promise(async () => {
        for await (const { error } of client.showMany(ids)) assert.isUndefined(error)
      })
    })
  )
})

describe("the agent of node:http", () => {
  it.live("ends an idle connection before a server does that keeps it for two seconds", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      const server = yield* httpServer(({ socket }, answer) => {
        socket.once("end", () => ended.push("client"))
        answer.writeHead(200, { "keep-alive": "timeout=2" }).end(body)
      })
      const { layer } = clientOf(transports["node:http"], `http://127.0.0.1:${server.port}`)
      yield* BackupClient.use(({ showBackup }) =>
        Effect.gen(function* () {
          yield* showBackup(request)
          const [socket] = server.sockets
          yield* Effect.promise(() => once(socket!, "close"))
        })
      ).pipe(Effect.provide(layer))
      assert.deepStrictEqual(ended, ["client"])
    })
  )
})
