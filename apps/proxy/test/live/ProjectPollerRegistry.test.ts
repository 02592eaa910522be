import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { keyOf } from "../../src/cache/CacheKey.ts"
import { ProjectPollerRegistry } from "../../src/live/ProjectPollerRegistry.ts"
import { initialProjectState } from "../../src/live/WatchedProject.ts"
import type { LivePolicy } from "../../src/policy/LivePolicy.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { entryOf } from "./entryOf.ts"
import { ListCloud, many, nth } from "./ListCloud.ts"
import { generation, kept, project_id, under } from "./Watches.ts"

const withWatches = <A, E, R>({ upstream }: ListCloud, effect: Effect.Effect<A, E, R>, rules?: Partial<LivePolicy>) =>
  Effect.provide(
    effect,
    ProjectPollerRegistry.layer.pipe(Layer.provide(listening), Layer.provideMerge(under(generation(upstream, rules))))
  )

/** Those in whose turn the cache is asked. */
const callers = new Set<string>()

const listening = Layer.effect(
  BackupCache,
  Effect.map(BackupCache, (cache) =>
    BackupCache.of({
      ...cache,
      show: (lookup) => {
        callers.add(lookup.caller_id)
        return cache.show(lookup)
      }
    })
  )
)

/** Begins to watch until the scope that comes with it is closed. */
const watched = Effect.fnUntraced(function* (caller_id = "caller") {
  const [watch, leave] = yield* kept((yield* ProjectPollerRegistry).of({ project_id }, caller_id))
  yield* watch.state.changedFrom(initialProjectState)
  return { ...watch, events: watch.events, leave }
})

describe("watches of projects", () => {
  it.effect("1,000 watchers of a project make the calls of one, and none a minute after the last has left", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const all = yield* Effect.forEach(Array.from({ length: 1_000 }), (_, n) => watched(`caller ${n}`))
          yield* TestClock.adjust(0)
          const begun = cloud.calls()
          assert.isAtMost(begun, 4)
          yield* TestClock.adjust("5 minutes")
          assert.strictEqual(cloud.calls() - begun, 10)
          for (const { leave } of all) yield* leave
          yield* TestClock.adjust("1 minute")
          const left = cloud.calls()
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(cloud.calls(), left)
          assert.deepStrictEqual([...callers], ["caller 0"])
        })
      )
    })
  )

  it.effect("a reader that reconnects within a minute finds the events that it missed", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const first = yield* watched()
          yield* TestClock.adjust("1 minute")
          yield* first.leave
          cloud.put(nth(60))
          yield* TestClock.adjust("40 seconds")
          const second = yield* watched()
          assert.strictEqual(second.events, first.events)
          assert.strictEqual(second.events.position, 1)
        })
      )
    })
  )

  it.effect("a project that comes from another upstream is followed anew, and the old one is asked no more", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { replace } = yield* ActiveConfiguration
          const old = yield* watched()
          yield* replace(Effect.succeed(generation(undefined)))
          yield* TestClock.adjust("1 minute")
          const before = cloud.calls()
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(cloud.calls(), before)
          yield* replace(Effect.succeed(generation({ ...cloud.upstream, credential_id: "other" })))
          assert.notStrictEqual((yield* watched()).events, old.events)
        })
      )
    })
  )

  it.effect("a project that returns to its upstream, by a reload that is taken back, is followed on", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { replace } = yield* ActiveConfiguration
          const { events } = yield* watched()
          yield* replace(Effect.succeed(generation({ ...cloud.upstream, credential_id: "other" })))
          yield* TestClock.adjust("1 minute")
          yield* replace(Effect.succeed(generation(cloud.upstream)))
          cloud.put(nth(60))
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(events.position, 1)
        })
      )
    })
  )

  it.effect("the cache is told which backups a pass has found to be gone", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const { store } = yield* BackupCache
          yield* watched()
          yield* TestClock.adjust(0)
          const key = keyOf(cloud.upstream, { project_id, backup_id: nth(3).id })
          store.put(key, { ...entryOf({ ...nth(3) }), key })
          cloud.remove(nth(3).id)
          yield* TestClock.adjust("9 minutes")
          assert.strictEqual(store.peek(key)?._tag, "Present")
          yield* TestClock.adjust("2 minutes")
          assert.notStrictEqual(store.peek(key)?._tag, "Present")
        })
      )
    })
  )

  it.effect("the pace is the one that the configuration says", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          yield* watched()
          yield* TestClock.adjust(0)
          const begun = cloud.calls()
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(cloud.calls() - begun, 60 + 2)
        }),
        { list_at_rest_seconds: 60, list_pass_minutes: 30 }
      )
    })
  )
})
