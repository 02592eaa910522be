import { setImmediate } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { batchedLines } from "../../src/observability/LineBatcher.ts"

describe("batchedLines", () => {
  it.effect("writes the lines of one turn at once, in their order", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const log = batchedLines((lines) => void written.push(lines))
      log("one")
      log("two")
      assert.isEmpty(written)
      yield* Effect.promise(() => setImmediate())
      log("three")
      yield* Effect.promise(() => setImmediate())
      assert.deepStrictEqual(written, ["one\ntwo\n", "three\n"])
    })
  )

  it.effect("does not keep more than a batch in memory", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const log = batchedLines((lines) => void written.push(lines))
      const line = "x".repeat(1_000)
      for (let count = 0; count < 200; count++) log(line)
      assert.lengthOf(written, 3)
      yield* Effect.promise(() => setImmediate())
      assert.strictEqual(written.join(""), `${line}\n`.repeat(200))
    })
  )
})
