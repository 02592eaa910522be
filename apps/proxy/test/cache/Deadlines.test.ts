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
})
