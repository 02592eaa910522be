import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeDeadlines, type Waiter } from "../../src/cache/Deadlines.ts"

describe("deadlines", () => {
  it.effect("a wait that was removed holds nothing, and does not expire", () =>
    Effect.gen(function* () {
      const expired: Array<string> = []
      const waiting = (name: string): Waiter => ({ deadline: 1_000, expire: () => expired.push(name) })
      const [removed, kept] = [waiting("removed"), waiting("kept")]
      const deadlines = yield* makeDeadlines
      deadlines.add(removed)
      deadlines.add(kept)
      deadlines.remove(removed)
      assert.isUndefined(removed.expire)
      yield* TestClock.adjust(1_000)
      assert.deepStrictEqual(expired, ["kept"])
    })
  )

  it.effect("each wait expires at its own deadline, whichever was added first, and one may add another", () =>
    Effect.gen(function* () {
      const expired: Array<number> = []
      const deadlines = yield* makeDeadlines
      const add = (deadline: number, more: () => void = () => {}) =>
        deadlines.add({
          deadline,
          expire: () => {
            expired.push(deadline)
            more()
          }
        })
      add(3_000)
      add(1_000, () => add(2_000))
      add(4_000)
      for (const moment of [1_000, 2_000, 3_000, 4_000]) {
        yield* TestClock.adjust(999)
        assert.notInclude(expired, moment)
        yield* TestClock.adjust(1)
        assert.strictEqual(expired.at(-1), moment)
      }
      assert.lengthOf(expired, 4)
    })
  )
})
