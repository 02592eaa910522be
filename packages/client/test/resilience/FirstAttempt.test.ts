import { BackupClient, Credentials, Endpoint, OnAttempt } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Layer, Random, Schedule, Schema, Stream } from "effect"
import { HttpClientError } from "effect/http"
import { TestClock } from "effect/testing"
import { firstAttempts } from "../../src/resilience/FirstAttempt.ts"
import type { Attempt } from "../../src/telemetry/Attempt.ts"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { httpServer } from "../LoopbackServer.ts"
import { accessKey, clientLayer, request, show, timed, token } from "../TestClient.ts"

const body = `{"backup":{"status":"available"}}`

/** The service's handling of one request. */
const Fate = Schema.Literals([
  "ok",
  "not json",
  "not found",
  "forbidden",
  "refused key",
  "wrong date",
  "throttled",
  "throttled for long",
  "unavailable",
  "broken",
  "reset",
  "hang",
  "hang after 401",
  "slow"
])

const answers: Readonly<Record<typeof Fate.Type, Script>> = {
  ok: () => ({ status: 200, body }),
  "not json": () => ({ status: 200, body: "<html>" }),
  "not found": () => ({ status: 404, body: `{"error_code":"BackupService.6200"}` }),
  forbidden: () => ({ status: 403, body: `{"error_code":"BackupService.8600"}` }),
  "refused key": () => ({ status: 401, body: `{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail"}` }),
  "wrong date": () => ({
    status: 401,
    headers: { date: "Thu, 01 Jan 2026 00:00:00 GMT" },
    body: `{"error_code":"APIGW.0301","error_msg":"signature expired"}`
  }),
  throttled: () => ({ status: 429, headers: { "retry-after": "2" } }),
  "throttled for long": () => ({ status: 429, headers: { "retry-after": "60" } }),
  unavailable: () => ({ status: 503 }),
  broken: (_, request) => ({ status: 200, body: Stream.fail(failure(request)) }),
  reset: (_, request) => Effect.fail(failure(request)),
  hang: () => Effect.never,
  "hang after 401": () => ({ status: 401, body: Stream.never }),
  slow: () => Effect.delay(Effect.succeed<Answer>({ status: 200, body }), "4001 millis")
}

const failure = (request: Parameters<Script>[1]) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause: new Error("the connection ended") })
  })

const Calls = Schema.Array(
  Schema.Struct({
    /** Milliseconds after the call before. No two things happen at one instant, where their order is chance. */
    after: Schema.Literals([3, 1103, 20_307, 400_701]),
    /** Whether the caller leaves after five seconds. */
    leaves: Schema.Boolean
  })
).check(Schema.isMinLength(1), Schema.isMaxLength(6))

const Fates = Schema.NonEmptyArray(Fate)

/** Several calls of one client over a service that does this with each request in turn: all that can be seen of them. */
const seen = Effect.fnUntraced(function* (
  areOn: boolean,
  calls: typeof Calls.Type,
  fates: typeof Fates.Type,
  byKey: boolean
) {
  const transport = inMemory((nth, request) => answers[fates[nth % fates.length]!](nth, request))
  const told: Array<Pick<Attempt, "error" | "number" | "status_code">> = []
  const hook = Layer.succeed(OnAttempt, ({ error, number, status_code }) =>
    Effect.sync(() => void told.push({ number, ...(error && { error }), ...(status_code && { status_code }) }))
  )
  firstAttempts.areOn = areOn
  const { exit } = yield* timed(
    Effect.gen(function* () {
      const client = yield* BackupClient
      const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
      for (const { after, leaves } of calls) {
        yield* Effect.sleep(Duration.millis(after))
        const call = Effect.exit(client.showBackup(request))
        fibers.push(yield* Effect.forkChild(leaves ? Effect.timeoutOption(call, "5011 millis") : call))
      }
      return yield* Effect.forEach(fibers, Fiber.join)
    }).pipe(
      Effect.provide(
        clientLayer({
          http: transport.layer,
          credentials: byKey ? Credentials.accessKey(accessKey) : Credentials.token(token),
          policy: {
            attemptTimeout: Duration.millis(9_973),
            callTimeout: Duration.millis(31_307),
            circuit: { failures: 3, openFor: Duration.millis(10_007) },
            concurrency: 2
          }
        }).pipe(Layer.provide(hook))
      ),
      // The same waits in both.
      Random.withSeed("waits")
    )
  )
  firstAttempts.areOn = true
  const sent = transport.sent.map(({ at }) => at - (transport.sent[0]?.at ?? 0))
  // Reports of one instant have no order.
  const attempts = told.map((attempt) => JSON.stringify(attempt)).sort()
  return { outcomes: Exit.isSuccess(exit) ? exit.value : exit, sent, attempts }
})

describe("the first attempt", () => {
  it.effect.prop(
    "a call ends alike whether it begins at once or by its whole policy",
    [Calls, Fates, Schema.Boolean],
    ([calls, fates, byKey]) =>
      Effect.gen(function* () {
        const atOnce = yield* Effect.provide(seen(true, calls, fates, byKey), TestClock.layer())
        const whole = yield* Effect.provide(seen(false, calls, fates, byKey), TestClock.layer())
        assert.strictEqual(JSON.stringify(atOnce.outcomes), JSON.stringify(whole.outcomes))
        assert.deepStrictEqual(atOnce.attempts, whole.attempts)
        assert.deepStrictEqual(atOnce.sent, whole.sent)
      }),
    { arbitrary: { runs: 300 } }
  )

  const transports = {
    undici: Layer.orDie(layerUndici({})),
    "node:http": Layer.orDie(layerNodeHttp({}))
  }
  const at = (port: number) => Layer.orDie(Endpoint.layer({ endpoint: `http://127.0.0.1:${port}` }))
  for (const [name, http] of Object.entries(transports)) {
    it.live(`a call by ${name} that succeeds at once makes no fiber, not even for its time-out`, () =>
      Effect.gen(function* () {
        firstAttempts.areOn = true
        const { port } = yield* httpServer((_, response) => response.end(body))
        const made = yield* Effect.gen(function* () {
          const client = yield* BackupClient
          yield* client.showBackup(request)
          const before = yield* newestFiber
          yield* client.showBackup(request)
          return (yield* newestFiber) - before - 1
        }).pipe(
          Effect.provide(clientLayer({ http, endpoint: at(port), credentials: Credentials.accessKey(accessKey) }))
        )
        assert.strictEqual(made, 0)
      })
    )

    it.live(`a call by ${name} ends at its attempt's time-out by the platform's clock`, () =>
      Effect.gen(function* () {
        const { port, sockets } = yield* httpServer(() => {})
        const error = yield* Effect.flip(
          show({
            http,
            endpoint: at(port),
            policy: { attemptTimeout: Duration.millis(50), retries: 0 }
          })
        )
        assert.deepInclude(error, { _tag: "TimedOut", limit: "attempt", attempts: 1 })
        yield* Effect.repeat(
          Effect.sync(() => sockets.size),
          { until: (open) => open === 0, schedule: Schedule.spaced("5 millis") }
        )
      })
    )
  }

  it.effect("a call that is held up begins by its whole policy, and takes no place of others", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => Effect.delay(Effect.succeed<Answer>({ status: 200, body }), "1 second"))
      yield* Effect.gen(function* () {
        const client = yield* BackupClient
        const calls = Array.from({ length: 6 }, () => client.showBackup(request))
        const { milliseconds } = yield* timed(Effect.all(calls, { concurrency: "unbounded" }))
        assert.strictEqual(milliseconds, 3000)
      }).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { concurrency: 2, rateLimit: undefined } })))
      assert.deepStrictEqual(
        transport.sent.map(({ at }) => at - (transport.sent[0]?.at ?? 0)),
        [0, 0, 1000, 1000, 2000, 2000]
      )
      yield* TestClock.adjust(0)
    })
  )
})

/** The number of the fiber that was made last: fibers are numbered as they are made. */
const newestFiber = Effect.map(Effect.forkChild(Effect.void), ({ id }) => id)
