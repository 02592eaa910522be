import { BackupClient } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { inMemory } from "../InMemoryTransport.ts"
import { body, clientLayer, request, timed, timedError } from "../TestClient.ts"

const showMany = (calls: number) =>
  BackupClient.use((client) =>
    Effect.forEach(
      Array.from({ length: calls }, (_, index) => index),
      () => Effect.result(client.showBackup(request)),
      { concurrency: "unbounded" }
    )
  )

describe("the concurrency limit", () => {
  it.effect("no more requests are under way at once than the policy says", () =>
    Effect.gen(function* () {
      let now = 0
      let most = 0
      const transport = inMemory(() =>
        Effect.gen(function* () {
          most = Math.max(most, ++now)
          yield* Effect.sleep("1 second")
          now--
          return { status: 200, body }
        })
      )
      const { milliseconds } = yield* timed(
        showMany(10).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { concurrency: 3 } })))
      )
      assert.strictEqual(transport.sent.length, 10)
      assert.strictEqual(most, 3)
      assert.strictEqual(milliseconds, 4000)
    })
  )

  it.effect("waiting for a place counts against the call timeout", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => Effect.never)
      const policy = { concurrency: 1, callTimeout: Duration.seconds(5), attemptTimeout: Duration.minutes(1) }
      yield* Effect.gen(function* () {
        const client = yield* BackupClient
        const holder = yield* Effect.forkChild(Effect.flip(client.showBackup(request)))
        yield* TestClock.adjust("1 second")
        const { error, milliseconds } = yield* timedError(client.showBackup(request))
        assert.deepInclude(error, { _tag: "TimedOut", limit: "call", attempts: 1 })
        // The holder's place came free after 4 s, at its own timeout.
        assert.strictEqual(milliseconds, 5000)
        yield* Fiber.join(holder)
      }).pipe(Effect.provide(clientLayer({ http: transport.layer, policy })))
      assert.deepStrictEqual(
        transport.sent.map(({ at }) => at),
        [0, 5000]
      )
    })
  )

  it.effect("a caller that calls again at once lets those that wait go first", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => Effect.as(Effect.sleep("1 second"), { status: 200, body }))
      yield* Effect.gen(function* () {
        const client = yield* BackupClient
        const again = yield* Effect.forkChild(Effect.replicateEffect(client.showBackup(request), 100))
        yield* TestClock.adjust("100 millis")
        const { exit, milliseconds } = yield* timed(client.showBackup(request))
        assert.isTrue(Exit.isSuccess(exit))
        // The rest of the call under way, and its own.
        assert.strictEqual(milliseconds, 1900)
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(again)))
      }).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { concurrency: 1 } })))
    })
  )

  it.effect("a caller that leaves the queue gives its turn to the next", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => Effect.as(Effect.sleep("2 seconds"), { status: 200, body }))
      yield* Effect.gen(function* () {
        const client = yield* BackupClient
        const call = Effect.forkChild(client.showBackup(request))
        const [first, second, third] = [yield* call, yield* call, yield* call]
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(second)
        yield* TestClock.adjust("3 seconds")
        yield* Fiber.join(first)
        yield* Fiber.join(third)
      }).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { concurrency: 1 } })))
      assert.deepStrictEqual(
        transport.sent.map(({ at }) => at),
        [0, 2000]
      )
    })
  )

  it.effect("a place is not held while a call waits to try again", () =>
    Effect.gen(function* () {
      const transport = inMemory((nth) =>
        nth === 0 ? { status: 429, headers: { "retry-after": "10" } } : { status: 200, body }
      )
      const { exit } = yield* timed(
        showMany(2).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { concurrency: 1 } })))
      )
      assert.strictEqual(exit._tag, "Success")
      assert.deepStrictEqual(
        transport.sent.map(({ at }) => at),
        [0, 0, 10_000]
      )
    })
  )
})

describe("the rate limit", () => {
  const policy = { rateLimit: { requests: 10, window: Duration.seconds(1) } }

  it.effect("after a first burst, requests go out at its pace", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      yield* timed(showMany(35).pipe(Effect.provide(clientLayer({ http: transport.layer, policy }))))
      const times = transport.sent.map(({ at }) => at)
      assert.strictEqual(times.filter((at) => at === 0).length, 10)
      assert.deepStrictEqual(
        times.slice(10),
        Array.from({ length: 25 }, (_, index) => (index + 1) * 100)
      )
    })
  )

  it.effect("retries are under it too", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 503 }))
      yield* timed(
        showMany(10).pipe(Effect.provide(clientLayer({ http: transport.layer, policy: { ...policy, retries: 1 } })))
      )
      const times = transport.sent.map(({ at }) => at)
      assert.strictEqual(times.length, 20)
      for (const [index, at] of times.slice(10).entries()) assert.isAtLeast(at, (index + 1) * 100)
    })
  )

  it.effect("under a lasting overload the client serves what fits: callers that gave up hold no places", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      const overload = BackupClient.use((client) =>
        Effect.forEach(
          Array.from({ length: 600 }, (_, index) => index),
          (index) => Effect.delay(Effect.result(client.showBackup(request)), Duration.millis(index * 50)),
          { concurrency: "unbounded" }
        )
      )
      yield* timed(
        overload.pipe(
          Effect.provide(
            clientLayer({ http: transport.layer, policy: { ...policy, callTimeout: Duration.seconds(1) } })
          )
        )
      )
      const lastSecond = transport.sent.filter(({ at }) => at >= 29_000 && at < 30_000)
      assert.isAtLeast(lastSecond.length, 9)
    })
  )

  it.effect("waiting for a turn counts against the call timeout, and is no fault of the endpoint", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => ({ status: 200, body }))
      yield* Effect.gen(function* () {
        const client = yield* BackupClient
        yield* client.showBackup(request)
        for (let call = 0; call < 6; call++) {
          const { error, milliseconds } = yield* timedError(client.showBackup(request))
          assert.deepInclude(error, { _tag: "TimedOut", limit: "call", attempts: 0 })
          assert.strictEqual(milliseconds, 5000)
        }
        assert.deepStrictEqual(yield* client.circuit, { state: "Closed" })
      }).pipe(
        Effect.provide(
          clientLayer({
            http: transport.layer,
            policy: { rateLimit: { requests: 1, window: Duration.days(30) }, callTimeout: Duration.seconds(5) }
          })
        )
      )
      assert.strictEqual(transport.sent.length, 1)
    })
  )
})
