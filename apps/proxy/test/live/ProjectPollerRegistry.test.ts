import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Random, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { ProjectPages } from "../../src/live/ProjectPages.ts"
import { initialProjectState } from "../../src/live/ProjectPoller.ts"
import { ProjectPollerRegistry } from "../../src/live/ProjectPollerRegistry.ts"
import { defaultLivePolicy, LivePolicy } from "../../src/policy/LivePolicy.ts"
import { defaultConfiguration, type ConfigSnapshot } from "../../src/snapshot/ConfigSnapshot.ts"
import { SnapshotRegistry } from "../../src/snapshot/SnapshotRegistry.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { ListCloud, many, nth } from "./ListCloud.ts"

const project_id = "4229d7a45436489f8c3dc2b1d35d4987"

const generation = (rules: Partial<LivePolicy>): ConfigSnapshot => ({
  configuration: defaultConfiguration,
  rules: Context.make(LivePolicy, { ...defaultLivePolicy, ...rules }),
  callers: Authenticator.make({}),
  upstreams: Upstreams.of({ of: () => undefined }),
  credentials: []
})

/** Where the project is; the test moves it. */
const makePlace = () => ({
  name: "here" as string | undefined,
  callers: [] as Array<string>,
  gone: [] as Array<string>
})

const withWatches = <A, E, R>(
  cloud: ListCloud,
  effect: Effect.Effect<A, E, R>,
  {
    place = makePlace(),
    rules = {}
  }: { readonly place?: ReturnType<typeof makePlace>; readonly rules?: Partial<LivePolicy> } = {}
) =>
  effect.pipe(
    Effect.provide(
      ProjectPollerRegistry.layer.pipe(
        Layer.provide(
          Layer.succeed(ProjectPages, {
            placeOf: () => place.name,
            follow: () => () => {},
            gone: (_, ids) => Effect.sync(() => void place.gone.push(...ids)),
            of: (_, caller_id) => {
              place.callers.push(caller_id)
              return cloud.read
            }
          })
        ),
        Layer.provide(SnapshotRegistry.layer(Effect.succeed(generation(rules))))
      )
    ),
    Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })
  )

/** Begins to watch until the scope that comes with it is closed. */
const watched = Effect.fnUntraced(function* (caller_id = "caller") {
  const scope = yield* Scope.make()
  const watches = yield* ProjectPollerRegistry
  const watch = yield* Scope.provide(watches.of(project_id, caller_id), scope)
  yield* watch.state.changedFrom(initialProjectState)
  return { ...watch, events: watch.events, leave: Scope.close(scope, Exit.void) }
})

describe("watches of projects", () => {
  it.effect("1,000 watchers of a project make the calls of one, and none a minute after the last has left", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      const place = makePlace()
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
          assert.deepStrictEqual(place.callers, ["caller 0"])
        }),
        { place }
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
      const place = makePlace()
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          const old = yield* watched()
          place.name = undefined
          yield* TestClock.adjust("1 minute")
          const before = cloud.calls()
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(cloud.calls(), before)
          place.name = "there"
          assert.notStrictEqual((yield* watched()).events, old.events)
        }),
        { place }
      )
    })
  )

  it.effect("the cache is told which backups a pass has found to be gone", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      const place = makePlace()
      yield* withWatches(
        cloud,
        Effect.gen(function* () {
          yield* watched()
          cloud.remove(nth(3).id)
          yield* TestClock.adjust("11 minutes")
          assert.deepStrictEqual(place.gone, [nth(3).id])
        }),
        { place }
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
        { rules: { list_at_rest_seconds: 60, list_pass_minutes: 30 } }
      )
    })
  )
})
