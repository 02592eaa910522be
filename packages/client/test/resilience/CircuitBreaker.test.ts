import { BackupClient, ClientMetrics, Credentials, isCircuitOpen, type ResiliencePolicy } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { type Answer, inMemory, type Script } from "../InMemoryTransport.ts"
import { body, clientLayer, request } from "../TestClient.ts"

const policy: Partial<ResiliencePolicy> = { retries: 0, circuit: { failures: 3, openFor: Duration.seconds(10) } }

const over = (script: Script, more: Partial<ResiliencePolicy> = {}) => {
  const transport = inMemory(script)
  const run = <A, E>(use: (client: BackupClient["Service"]) => Effect.Effect<A, E>) =>
    Effect.provide(
      BackupClient.use(use).pipe(Effect.provideService(Metric.MetricRegistry, new Map())),
      clientLayer({ http: transport.layer, policy: { ...policy, ...more } })
    )
  return { sent: transport.sent, run }
}

const down: Answer = { status: 503, body: "back end" }

describe("a circuit", () => {
  it.effect("opens after its failures in a row; then nothing is sent and the error says so", () =>
    Effect.gen(function* () {
      const { run, sent } = over(() => down)
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 3; call++) {
            assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
            const error = yield* Effect.flip(client.showBackup(request))
            assert.strictEqual(error.status_code, 503)
            assert.isFalse(isCircuitOpen(error))
          }
          assert.deepStrictEqual(yield* client.circuit, { state: "Open", retry_after: 10 })
          yield* TestClock.adjust("4 seconds")
          const error = yield* Effect.flip(client.showBackup(request))
          assert.deepInclude(error, { _tag: "ServiceUnavailable", retry_after: 6, attempts: 0 })
          assert.notProperty(error, "status_code")
          assert.isTrue(isCircuitOpen(error))
          assert.strictEqual(
            error.message,
            "nothing was sent: the circuit to cbr.cn-north-4.myhuaweicloud.com is open for another 6 s, because too many calls failed in a row; what failed last: CBR answered 503, back end"
          )
          assert.strictEqual(sent.length, 3)
        })
      )
    })
  )

  it.effect("lets one call through when its time is over; a success closes it", () =>
    Effect.gen(function* () {
      const { run, sent } = over((nth) =>
        nth < 3 ? down : Effect.as(Effect.sleep("1 second"), { status: 200, body } as const)
      )
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 3; call++) yield* Effect.flip(client.showBackup(request))
          yield* TestClock.adjust("10 seconds")
          const probe = yield* Effect.forkChild(client.showBackup(request), { startImmediately: true })
          const others = yield* Effect.forEach([1, 2, 3], () => Effect.flip(client.showBackup(request)))
          for (const other of others) {
            assert.deepInclude(other, { _tag: "ServiceUnavailable", attempts: 0, retry_after: 1 })
            assert.include(other.message, "is open while one call tries it")
          }
          assert.deepStrictEqual(yield* client.circuit, { state: "HalfOpen" })
          assert.strictEqual(sent.length, 4)
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(probe)
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
          const after = yield* Effect.forkChild(client.showBackup(request))
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(after)
          assert.strictEqual(sent.length, 5)
        })
      )
    })
  )

  it.effect("opens again when the call that tries it fails", () =>
    Effect.gen(function* () {
      const { run, sent } = over(() => down)
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 3; call++) yield* Effect.flip(client.showBackup(request))
          yield* TestClock.adjust("10 seconds")
          yield* Effect.flip(client.showBackup(request))
          assert.deepStrictEqual(yield* client.circuit, { state: "Open", retry_after: 10 })
          yield* Effect.flip(client.showBackup(request))
          assert.strictEqual(sent.length, 4)
        })
      )
    })
  )

  it.effect("a probe whose caller leaves frees its place", () =>
    Effect.gen(function* () {
      const { run } = over((nth) => (nth < 3 ? down : nth === 3 ? Effect.never : { status: 200, body }))
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 3; call++) yield* Effect.flip(client.showBackup(request))
          yield* TestClock.adjust("10 seconds")
          const probe = yield* Effect.forkChild(client.showBackup(request), { startImmediately: true })
          yield* Fiber.interrupt(probe)
          yield* client.showBackup(request)
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
        })
      )
    })
  )

  it.effect("stays open as long as the service's Retry-After says", () =>
    Effect.gen(function* () {
      const { run } = over(() => ({ ...down, headers: { "retry-after": "60" } }))
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 3; call++) yield* Effect.flip(client.showBackup(request))
          assert.deepStrictEqual(yield* client.circuit, { state: "Open", retry_after: 60 })
        })
      )
    })
  )

  it.effect("is per client and endpoint, and never opens without a policy", () =>
    Effect.gen(function* () {
      const { run, sent } = over(() => down, { circuit: undefined })
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 20; call++) yield* Effect.flip(client.showBackup(request))
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
          assert.strictEqual(sent.length, 20)
        })
      )
    })
  )

  it.effect("counts calls that were under way at the first failure", () =>
    Effect.gen(function* () {
      const { run } = over(() => Effect.as(Effect.sleep("1 second"), down))
      yield* run((client) =>
        Effect.gen(function* () {
          const calls = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(client.showBackup(request)))
          yield* TestClock.adjust("1 second")
          for (const call of calls) yield* Effect.flip(Fiber.join(call))
          assert.deepStrictEqual(yield* client.circuit, { state: "Open", retry_after: 10 })
        })
      )
    })
  )

  it.effect("a success that was under way at the first failure ends the row", () =>
    Effect.gen(function* () {
      const slow = Effect.as(Effect.sleep("1 second"), { status: 200, body } as const)
      const { run } = over((nth) => (nth === 0 ? slow : down))
      yield* run((client) =>
        Effect.gen(function* () {
          const call = yield* Effect.forkChild(client.showBackup(request), { startImmediately: true })
          for (let call = 0; call < 2; call++) yield* Effect.flip(client.showBackup(request))
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(call)
          yield* Effect.flip(client.showBackup(request))
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
        })
      )
    })
  )

  it.effect("a call that was under way at the first failure does not try an open circuit", () =>
    Effect.gen(function* () {
      const slow = Effect.as(Effect.sleep("2 seconds"), { status: 200, body } as const)
      const { run } = over((nth) => (nth === 0 ? slow : down), {
        circuit: { failures: 3, openFor: Duration.seconds(1) }
      })
      yield* run((client) =>
        Effect.gen(function* () {
          const call = yield* Effect.forkChild(client.showBackup(request), { startImmediately: true })
          for (let call = 0; call < 3; call++) yield* Effect.flip(client.showBackup(request))
          yield* TestClock.adjust("2 seconds")
          yield* Fiber.join(call)
          assert.notStrictEqual((yield* client.circuit).state, "Closed")
        })
      )
    })
  )

  it.effect("what was under way at the first failure does not count when the circuit has opened and closed since", () =>
    Effect.gen(function* () {
      const { run } = over(
        (nth) => (nth === 0 ? Effect.as(Effect.sleep("3 seconds"), down) : nth === 1 ? down : { status: 200, body }),
        { circuit: { failures: 1, openFor: Duration.seconds(1) } }
      )
      yield* run((client) =>
        Effect.gen(function* () {
          const call = yield* Effect.forkChild(Effect.flip(client.showBackup(request)), { startImmediately: true })
          yield* Effect.flip(client.showBackup(request))
          yield* TestClock.adjust("1 second")
          yield* client.showBackup(request)
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
          yield* TestClock.adjust("2 seconds")
          yield* Fiber.join(call)
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
        })
      )
    })
  )

  it.effect("its state is a gauge: 0 closed, 1 half open, 2 open", () =>
    Effect.gen(function* () {
      const { run } = over((nth) => (nth < 3 ? down : { status: 200, body }))
      const state = Metric.value(
        Metric.withAttributes(ClientMetrics.circuitState, { "server.address": "cbr.cn-north-4.myhuaweicloud.com" })
      )
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 3; call++) yield* Effect.flip(client.showBackup(request))
          assert.strictEqual((yield* state).value, 2)
          yield* TestClock.adjust("10 seconds")
          yield* client.showBackup(request)
          assert.strictEqual((yield* state).value, 0)
        })
      )
    })
  )
})

describe("what counts as a failure of the endpoint", () => {
  const cases: ReadonlyArray<readonly [name: string, answer: Answer, opens: boolean]> = [
    ["500", { status: 500 }, true],
    ["503", { status: 503 }, true],
    ["408", { status: 408 }, true],
    ["a proxy's TimedOut", { status: 504, body: `{"error_code":"CbrProxy.TimedOut","error_msg":"late"}` }, true],
    ["429", { status: 429 }, false],
    ["401", { status: 401 }, false],
    ["403", { status: 403 }, false],
    ["404", { status: 404 }, false],
    ["302", { status: 302 }, false],
    ["200 with HTML", { status: 200, body: "<html>" }, false]
  ]
  for (const [name, answer, opens] of cases) {
    it.effect(`${name}: ${opens ? "yes" : "no"}`, () =>
      Effect.gen(function* () {
        const { run } = over(() => answer)
        yield* run((client) =>
          Effect.gen(function* () {
            for (let call = 0; call < 5; call++) yield* Effect.flip(client.showBackup(request))
            assert.strictEqual((yield* client.circuit).state, opens ? "Open" : "Closed")
          })
        )
      })
    )
  }

  it.effect("a success between failures starts the count anew", () =>
    Effect.gen(function* () {
      const { run } = over((nth) => (nth % 3 === 2 ? { status: 200, body } : down))
      yield* run((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 12; call++) yield* Effect.result(client.showBackup(request))
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
        })
      )
    })
  )

  it.effect("what fails before anything is sent does not count", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      const credentials = Layer.succeed(Credentials, {
        current: Effect.never,
        refused: () => Effect.succeed(false)
      })
      yield* BackupClient.use((client) =>
        Effect.gen(function* () {
          for (let call = 0; call < 5; call++) {
            const fiber = yield* Effect.forkChild(Effect.flip(client.showBackup(request)))
            yield* TestClock.adjust("1 minute")
            assert.deepInclude(yield* Fiber.join(fiber), { _tag: "TimedOut", attempts: 0 })
          }
          assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
        })
      ).pipe(Effect.provide(clientLayer({ http: transport.layer, credentials, policy })))
    })
  )
})
