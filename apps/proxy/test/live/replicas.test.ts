import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Metric } from "effect"
import { needs } from "../../../../debian.ts"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { RateLimits } from "../../src/callers/RateLimits.ts"
import { BackupPollerRegistry } from "../../src/live/BackupPollerRegistry.ts"
import type { LatestValue } from "../../src/live/LatestValue.ts"
import { type WatchState, initialWatchState } from "../../src/live/WatchState.ts"
import { defaultLivePolicy, LivePolicy } from "../../src/policy/LivePolicy.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { defaultConfiguration, type ConfigSnapshot } from "../../src/reload/ConfigSnapshot.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { answers, makeCloud, request } from "../cache/Cloud.ts"
import { makeRedisServer } from "../store/RedisServer.ts"
import { addressAt, storeAt } from "../store/StoreOf.ts"

const interval = 1

const watchers = 334

/** The watches of one of several replicas over the same Redis. */
const makeReplica = Effect.fnUntraced(function* (url: string, { upstream }: ReturnType<typeof makeCloud>) {
  const generation: ConfigSnapshot = {
    configuration: defaultConfiguration,
    rules: Context.make(LivePolicy, {
      ...defaultLivePolicy,
      poll_moving_seconds: interval,
      poll_at_rest_seconds: interval
    }),
    callers: Authenticator.make({}),
    upstreams: Upstreams.of({ of: () => upstream }),
    credentials: []
  }
  const store = yield* storeAt(addressAt(url))
  const shared = SharedAnswers.layer.pipe(Layer.provide([Layer.succeedContext(store), NodeCrypto.layerSecureRandom]))
  const context = yield* BackupPollerRegistry.layer.pipe(
    Layer.provide(Layer.fresh(BackupCache.layer)),
    Layer.provide(ActiveConfiguration.layer(Effect.succeed(generation))),
    Layer.provide([shared, NodeCrypto.layerDigest, RateLimits.layerMemory]),
    Layer.fresh,
    Layer.build,
    Effect.provideService(Metric.MetricRegistry, new Map())
  )
  return Context.get(context, BackupPollerRegistry)
})

const isAtRest = (newest: LatestValue<WatchState>) => {
  const { observation } = newest.current()
  return observation?._tag === "Seen" && observation.atRest
}

describe("a thousand watchers of one backup at three replicas", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("make one look an interval, and all know of a change", () =>
    Effect.gen(function* () {
      const redis = yield* makeRedisServer()
      const cloud = makeCloud(answers.backup({ status: "restoring" }))
      const asked: Array<number> = []
      const { showBackup } = cloud.upstream
      const upstream = {
        ...cloud.upstream,
        showBackup: (of: typeof request) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            asked.push(now)
            return showBackup(of)
          })
      }
      const replicas = yield* Effect.forEach([1, 2, 3], () => makeReplica(redis.url, { ...cloud, upstream }))
      const watched = yield* Effect.forEach(
        replicas.flatMap((watches) => Array.from({ length: watchers }, () => watches)),
        (watches) => watches.of(request, "caller")
      )
      yield* Effect.forEach(watched, (newest) => newest.changedFrom(initialWatchState), { concurrency: "unbounded" })

      yield* Effect.sleep("6 seconds")
      const gaps = asked.slice(1).map((at, index) => at - asked[index]!)
      assert.isAtLeast(gaps.length, 2)
      // An answer serves all replicas until it is nine tenths of an interval old.
      for (const gap of gaps) assert.isAtLeast(gap, 0.85 * interval * 1_000, gaps.join())

      cloud.answer = answers.available
      const told: Effect.Effect<void> = Effect.suspend(() =>
        watched.every(isAtRest) ? Effect.void : Effect.andThen(Effect.sleep("20 millis"), told)
      )
      yield* told
    }).pipe(Effect.scoped)
  )
})
