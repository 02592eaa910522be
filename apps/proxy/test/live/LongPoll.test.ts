import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { makeLatestValue } from "../../src/live/LatestValue.ts"
import { longPoll } from "../../src/live/LongPoll.ts"
import { nextWatchState, initialWatchState } from "../../src/live/WatchState.ts"
import { entryOf } from "./entryOf.ts"

const subscription = {
  end: () => undefined,
  isHeartbeatDue: () => false,
  touch: () => undefined,
  onWake: () => () => undefined
}

const entryAt = (status: string, at: number) => ({ ...entryOf({ status }), at })

describe("a wait for a change", () => {
  it.effect("does not end with a state that is older than the one that was shown, neither early nor at its end", () =>
    Effect.gen(function* () {
      const older = nextWatchState(initialWatchState, Result.succeed(entryAt("restoring", 1_000)))
      const latest = makeLatestValue(older)
      const had = entryAt("available", 2_000)
      const waiting = yield* Effect.forkChild(longPoll({ latest, had, wait: Duration.seconds(10), subscription }), {
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
      const latest = makeLatestValue(nextWatchState(initialWatchState, Result.succeed(entryAt("available", 1_000))))
      const waiting = yield* Effect.forkChild(
        longPoll({ latest, had: entryAt("available", 2_000), wait: Duration.seconds(10), subscription }),
        { startImmediately: true }
      )
      const next = entryAt("error", 3_000)
      latest.put(nextWatchState(latest.current(), Result.succeed(next)))
      assert.strictEqual(yield* Fiber.join(waiting), next)
    })
  )
})
