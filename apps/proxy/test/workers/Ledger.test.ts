import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeLedger } from "../../src/workers/Ledger.ts"

const forked = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

describe("a drain of workers", () => {
  const ledger = () => makeLedger({ told: () => undefined, listening: () => [1, 2, 3], isStopping: () => true })

  it.effect("is held up once by one that is stuck", () =>
    Effect.gen(function* () {
      const { of } = ledger()
      const quiet = yield* forked(Effect.all([of(1).quiet(), of(2).quiet()], { concurrency: "unbounded" }))
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(quiet.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(quiet)
      const closed = yield* forked(of(1).closed())
      assert.isUndefined(closed.pollUnsafe(), "the other has come, and listens yet")
      yield* of(2).closed()
      yield* Fiber.join(closed)
    })
  )

  it.effect("waits for one that was late, and is there by then", () =>
    Effect.gen(function* () {
      const { of } = ledger()
      const quiet = yield* forked(Effect.all([of(1).quiet(), of(2).quiet()], { concurrency: "unbounded" }))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(quiet)
      yield* of(3).quiet()
      const closed = yield* forked(Effect.all([of(1).closed(), of(2).closed()], { concurrency: "unbounded" }))
      yield* TestClock.adjust(0)
      assert.isUndefined(closed.pollUnsafe())
      yield* of(3).closed()
      yield* Fiber.join(closed)
    })
  )
})
