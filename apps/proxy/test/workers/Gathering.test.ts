import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeGathering } from "../../src/workers/Gathering.ts"

const setUp = (...expected: ReadonlyArray<number>) => {
  const who = new Set(expected)
  return { ...makeGathering(() => [...who]), leave: (one: number) => who.delete(one) }
}

const isOver = (fiber: Fiber.Fiber<void>) => Effect.map(TestClock.adjust(0), () => fiber.pollUnsafe() !== undefined)

describe("a gathering", () => {
  it.effect("is over when all have come", () =>
    Effect.gen(function* () {
      const { come } = setUp(1, 2)
      const first = yield* Effect.forkChild(come(1), { startImmediately: true })
      assert.isFalse(yield* isOver(first))
      yield* come(2)
      assert.isTrue(yield* isOver(first))
    })
  )

  it.effect("waits for nobody who has gone", () =>
    Effect.gen(function* () {
      const { come, leave, look } = setUp(1, 2)
      const first = yield* Effect.forkChild(come(1), { startImmediately: true })
      leave(2)
      assert.isFalse(yield* isOver(first))
      yield* look
      assert.isTrue(yield* isOver(first))
    })
  )

  it.effect("is held up by one who does not come for 3 s", () =>
    Effect.gen(function* () {
      const { come } = setUp(1, 2)
      const first = yield* Effect.forkChild(come(1), { startImmediately: true })
      yield* TestClock.adjust("2999 millis")
      assert.isFalse(yield* isOver(first))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(yield* isOver(first))
    })
  )
})
