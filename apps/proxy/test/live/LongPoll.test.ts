import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { longPoll } from "../../src/live/LongPoll.ts"
import { makeNewest } from "../../src/live/Newest.ts"
import { after, unseen } from "../../src/live/Standing.ts"
import { entryOf } from "./entryOf.ts"

const stay = { end: () => undefined, isBeatDue: () => false, told: () => undefined, onCall: () => undefined }

const entryAt = (status: string, at: number) => ({ ...entryOf({ status }), at })

describe("a wait for a change", () => {
  it.effect("does not end with a state that is older than the one that was shown, neither early nor at its end", () =>
    Effect.gen(function* () {
      const older = after(unseen, Result.succeed(entryAt("restoring", 1_000)))
      const newest = makeNewest(older)
      const had = entryAt("available", 2_000)
      const waiting = yield* Effect.forkChild(longPoll({ newest, had, wait: Duration.seconds(10), stay }), {
        startImmediately: true
      })
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(waiting), had)
    })
  )

  it.effect("ends with a newer one", () =>
    Effect.gen(function* () {
      const newest = makeNewest(after(unseen, Result.succeed(entryAt("available", 1_000))))
      const waiting = yield* Effect.forkChild(
        longPoll({ newest, had: entryAt("available", 2_000), wait: Duration.seconds(10), stay }),
        { startImmediately: true }
      )
      const next = entryAt("error", 3_000)
      newest.put(after(newest.current(), Result.succeed(next)))
      assert.strictEqual(yield* Fiber.join(waiting), next)
    })
  )
})
