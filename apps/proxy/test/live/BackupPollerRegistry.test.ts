import { RateLimited } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { BackupPollerRegistry } from "../../src/live/BackupPollerRegistry.ts"
import type { LatestValue } from "../../src/live/LatestValue.ts"
import { type WatchState, initialWatchState } from "../../src/live/WatchState.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { answers, ask, makeCloud, request } from "../cache/Cloud.ts"
import { entryOf } from "./entryOf.ts"
import { generation, kept, under } from "./Watches.ts"

/** Watches over a cloud, without jitter. */
const withWatches = <A, E, R>({ upstream }: ReturnType<typeof makeCloud>, effect: Effect.Effect<A, E, R>) =>
  Effect.provide(effect, Layer.provideMerge(BackupPollerRegistry.layer, under(generation(upstream))))

/** Begins to watch until the scope that comes with it is closed. */
const watched = Effect.fnUntraced(function* (of = request) {
  const [newest, leave] = yield* kept((yield* BackupPollerRegistry).of(of, "caller"))
  yield* newest.changedFrom(initialWatchState)
  return { newest, leave }
})

const statusOf = (newest: LatestValue<WatchState>) => {
  const { observation } = newest.current()
  return observation?._tag === "Seen"
    ? (JSON.parse(observation.text) as { backup: { status: string } }).backup.status
    : observation?._tag
}

describe("watches", () => {
  it.effect("1,000 watchers of one backup make one call an interval, and none when the last has left", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const upper = { ...request, backup_id: request.backup_id.toUpperCase() }
          const all = yield* Effect.forEach(Array.from({ length: 1_000 }), (_, n) => watched(n % 2 ? upper : request))
          assert.strictEqual(cloud.calls, 1)
          yield* TestClock.adjust("30 seconds")
          assert.strictEqual(cloud.calls, 11)
          for (const { leave } of all.slice(1)) yield* leave
          yield* TestClock.adjust("30 seconds")
          assert.strictEqual(cloud.calls, 21)
          yield* all[0]!.leave
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(cloud.calls, 21)
        })
      )
    })
  )

  it.effect("a change is known within 3 s while the backup moves, and within 30 s at rest", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { newest } = yield* watched()
          cloud.answer = answers.available
          yield* TestClock.adjust("2999 millis")
          assert.strictEqual(statusOf(newest), "restoring")
          yield* TestClock.adjust("1 millis")
          assert.strictEqual(statusOf(newest), "available")
          yield* TestClock.adjust("2 minutes")
          assert.strictEqual(cloud.calls, 6)
          cloud.answer = answers.notFound
          yield* TestClock.adjust("30 seconds")
          assert.strictEqual(statusOf(newest), "Gone")
        })
      )
    })
  )

  it.effect("a look renews the cache for all callers, and finds what others have fetched", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          yield* watched()
          yield* TestClock.adjust("299 seconds")
          assert.strictEqual(cloud.calls, 10)
          const { status } = yield* ask(cloud.upstream)
          assert.deepStrictEqual([status.hit, status.ttl], [true, 25])
          yield* TestClock.adjust("11 seconds")
          assert.strictEqual(cloud.calls, 11)
          // Another replica's look, or a caller that had the cache bypassed, 10 s after the last.
          yield* ask(cloud.upstream, "no-cache", { mayBypass: true })
          assert.strictEqual(cloud.calls, 12)
          yield* TestClock.adjust("20 seconds")
          assert.strictEqual(cloud.calls, 12)
          yield* TestClock.adjust("10 seconds")
          assert.strictEqual(cloud.calls, 13)
        })
      )
    })
  )

  it.effect("a poller knows at once what another caller has fetched", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.available)
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { newest } = yield* watched()
          yield* TestClock.adjust("5 seconds")
          cloud.answer = answers.backup({ status: "restoring" })
          yield* ask(cloud.upstream, "no-cache", { mayBypass: true })
          yield* TestClock.adjust(0)
          assert.strictEqual(statusOf(newest), "restoring")
          assert.strictEqual(cloud.calls, 2)
          yield* TestClock.adjust("3 seconds")
          assert.strictEqual(cloud.calls, 3)
        })
      )
    })
  )

  it.effect("several pollers over one cache make one call an interval together", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          // Replicas have pollers of their own over a common cache.
          const replica = Effect.provide(
            Effect.gen(function* () {
              yield* watched()
              return yield* Effect.never
            }),
            Layer.fresh(BackupPollerRegistry.layer)
          )
          for (let n = 0; n < 3; n++) {
            yield* Effect.forkChild(replica, { startImmediately: true })
            yield* TestClock.adjust("1 seconds")
          }
          const before = cloud.calls
          yield* TestClock.adjust("5 minutes")
          assert.strictEqual(cloud.calls - before, 100)
        })
      )
    })
  )

  it.effect("while the cloud is ill the last state stays, with the failure beside it, and Retry-After is kept", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { newest } = yield* watched()
          cloud.answer = Effect.fail(
            new RateLimited({ detail: { code: "other", message: "slow down" }, retry_after: 100 })
          )
          yield* TestClock.adjust("3 seconds")
          assert.strictEqual(statusOf(newest), "restoring")
          assert.strictEqual(newest.current().failure?.inARow, 1)
          cloud.answer = answers.available
          yield* TestClock.adjust("99 seconds")
          assert.strictEqual(cloud.calls, 2)
          yield* TestClock.adjust("1 second")
          assert.strictEqual(statusOf(newest), "available")
          assert.isUndefined(newest.current().failure)
        })
      )
    })
  )

  it.effect("belongs to its upstream: after a reload it tells nothing of another, which is watched anew", () =>
    Effect.gen(function* () {
      const [first, second] = [makeCloud(answers.available), makeCloud(answers.backup({ status: "restoring" }))]
      yield* withWatches(
        first,
        Effect.gen(function* () {
          const snapshots = yield* ActiveConfiguration
          const { placeOf } = yield* BackupPollerRegistry
          const before = placeOf(request)
          const { newest } = yield* watched()
          const other = { ...second.upstream, credential_id: "other" }
          yield* snapshots.replace(Effect.succeed(generation(other)))
          assert.notStrictEqual(placeOf(request), before)
          assert.strictEqual(statusOf((yield* watched()).newest), "restoring")
          yield* TestClock.adjust("30 seconds")
          assert.strictEqual(statusOf(newest), "available")
          yield* snapshots.replace(Effect.succeed(generation(first.upstream)))
          assert.strictEqual(placeOf(request), before)
        })
      )
    })
  )

  it.effect("a state is never older than what any caller was shown, and never goes back", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { newest } = yield* watched()
          yield* TestClock.adjust("1500 millis")
          cloud.answer = answers.available
          const shown = yield* ask(cloud.upstream, "no-cache", { mayBypass: true })
          assert.strictEqual(statusOf(newest), "available", "at once")
          const { store } = yield* BackupCache
          const entry = Result.getOrThrow(shown.outcome)
          // An earlier answer to another replica comes late.
          store.put(entry.key, { ...entryOf({ status: "restoring" }), key: entry.key, at: entry.at - 1 })
          assert.strictEqual(statusOf(newest), "available")
        })
      )
    })
  )

  it.effect("goes on after a defect", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(Effect.die(new Error("a bug")))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { newest } = yield* watched()
          assert.isDefined(newest.current().failure)
          cloud.answer = answers.available
          yield* TestClock.adjust("3 seconds")
          assert.strictEqual(statusOf(newest), "available")
        })
      )
    })
  )

  it.effect("a reader that waits is woken once for each change, and a late reader gets the newest at once", () =>
    Effect.gen(function* () {
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { newest } = yield* watched()
          const before = newest.current()
          const waiting = yield* Effect.forkChild(newest.changedFrom(before), { startImmediately: true })
          yield* TestClock.adjust("30 seconds")
          assert.isUndefined(waiting.pollUnsafe())
          cloud.answer = answers.available
          yield* TestClock.adjust("3 seconds")
          assert.strictEqual(yield* Fiber.join(waiting), newest.current())
          assert.strictEqual(yield* newest.changedFrom(before), newest.current())
          assert.strictEqual(newest.current().changes, 2)
        })
      )
    })
  )
})
