import { adaptive, defaultPollingPolicy, type Observation, RateLimited, seen } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Random, Schedule } from "effect"
import { responseOf } from "./WatchedBackup.ts"

/** The waits in seconds that a schedule gives after these observations; `random` of 0.5 varies nothing. */
const waits = (
  schedule: Schedule.Schedule<unknown, Observation>,
  observations: ReadonlyArray<Observation>,
  random: number
) =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule)
    const found: Array<number> = []
    for (const observation of observations) {
      const [, wait] = yield* step(0, observation)
      found.push(Duration.toSeconds(wait))
    }
    return found
  }).pipe(
    Effect.provideService(Random.Random, { nextDoubleUnsafe: () => random, nextIntUnsafe: () => 0 }),
    Effect.orDie
  )

const first = (status: string) => seen(responseOf({ status }), undefined)
const again = (status: string) => seen(responseOf({ status }), first(status))
const missed = (retry_after?: number): Observation => ({
  _tag: "Missed",
  error: new RateLimited({
    detail: { code: "other", message: "m" },
    ...omitUndefined({ retry_after })
  }),
  inARow: 1
})
const times = <A>(n: number, value: A): ReadonlyArray<A> => Array.from({ length: n }, () => value)

describe("the default policy", () => {
  it.effect("in transition: 2 s, growing by half to 15 s", () =>
    Effect.gen(function* () {
      const found = yield* waits(adaptive(), [first("protecting"), ...times(7, again("protecting"))], 0.5)
      assert.deepStrictEqual(found, [2, 3, 4.5, 6.75, 10.125, 15, 15, 15])
    })
  )

  it.effect("at rest: on to 30 s", () =>
    Effect.gen(function* () {
      const found = yield* waits(adaptive(), [first("available"), ...times(8, again("available"))], 0.5)
      assert.deepStrictEqual(found.slice(4), [10.125, 15.1875, 22.78125, 30, 30])
    })
  )

  it.effect("an unknown status is in transition", () =>
    Effect.gen(function* () {
      const found = yield* waits(adaptive(), times(20, again("pondering")), 0.5)
      assert.strictEqual(found.at(-1), 15)
    })
  )

  it.effect("a change starts the waits again", () =>
    Effect.gen(function* () {
      const change = seen(responseOf({ status: "restoring" }), first("available"))
      const found = yield* waits(adaptive(), [...times(9, again("available")), change, again("restoring")], 0.5)
      assert.deepStrictEqual(found.slice(-3), [30, 2, 3])
    })
  )

  it.effect("each wait is varied by a quarter either way", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* waits(adaptive(), [first("protecting")], 0), [1.5])
      assert.deepStrictEqual(yield* waits(adaptive(), [first("protecting")], 1), [2.5])
    })
  )

  it.effect("a failure grows the wait, and Retry-After wins when it is later, up to 15 minutes", () =>
    Effect.gen(function* () {
      const found = yield* waits(adaptive(), [missed(), missed(1), missed(60), missed(86_400)], 0.5)
      assert.deepStrictEqual(found, [2, 3, 60, 900])
    })
  )

  it("gives up at the 10th failure in a row", () => {
    assert.strictEqual(defaultPollingPolicy.giveUpAtFailure, 10)
  })

  it.effect("any part of the pace can be given", () =>
    Effect.gen(function* () {
      const schedule = adaptive({ shortest: Duration.seconds(1), growth: 2, longest: Duration.seconds(3) })
      assert.deepStrictEqual(yield* waits(schedule, times(4, again("protecting")), 0.5), [1, 2, 3, 3])
    })
  )
})
