import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { makeUsedSignatures } from "../../src/callers/UsedSignatures.ts"

const signature = (digit: string, ak = "A") => ({ ak, signature: digit.repeat(64) })

describe("used signatures", () => {
  it.effect("are remembered for as long as they may be good, 15 minutes ahead and 15 behind", () =>
    Effect.gen(function* () {
      const { use } = makeUsedSignatures()
      assert.isTrue(yield* use(signature("a")))
      assert.isFalse(yield* use(signature("a")))
      yield* TestClock.adjust("1799 seconds")
      assert.isFalse(yield* use(signature("a")))
      yield* TestClock.adjust("1 seconds")
      assert.isTrue(yield* use(signature("a")))
      assert.isFalse(yield* use(signature("a")))
    })
  )

  it.effect("are the same in either case of their digits", () =>
    Effect.gen(function* () {
      const { use } = makeUsedSignatures()
      assert.isTrue(yield* use(signature("a")))
      assert.isFalse(yield* use(signature("A")))
    })
  )

  it.effect("of too many the oldest of whoever has the most are forgotten", () =>
    Effect.gen(function* () {
      const { use } = makeUsedSignatures(3)
      assert.isTrue(yield* use(signature("f", "B")))
      for (const digit of "abcd") assert.isTrue(yield* use(signature(digit)))
      assert.isFalse(yield* use(signature("f", "B")))
      for (const digit of "cd") assert.isFalse(yield* use(signature(digit)), digit)
    })
  )

  it.effect("of too many the oldest are forgotten", () =>
    Effect.gen(function* () {
      const { use } = makeUsedSignatures(3)
      for (const digit of "abcd") assert.isTrue(yield* use(signature(digit)))
      for (const digit of "bcd") assert.isFalse(yield* use(signature(digit)), digit)
      assert.isTrue(yield* use(signature("a")))
    })
  )
})
