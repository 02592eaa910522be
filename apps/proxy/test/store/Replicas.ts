import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { Context, Duration, Effect, Layer, Metric, Random, type Scope } from "effect"
import { BackupCache } from "../../src/cache/BackupCache.ts"
import { SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { RateLimits } from "../../src/callers/RateLimits.ts"
import type { SealingKey } from "../../src/crypto/Encryption.ts"
import type { RedisAddress } from "../../src/store/RedisAddress.ts"
import { storeAt } from "./StoreOf.ts"

/** A proxy's cache, as one of several over the same Redis. */
export interface Replica {
  /** Runs as a part of this replica. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, BackupCache>) => Effect.Effect<A, E>
  /** The value of one of its counters. */
  readonly count: (id: string, attributes?: Readonly<Record<string, string>>) => Effect.Effect<number>
  /** The value of one of its gauges. */
  readonly value: (id: string) => Effect.Effect<unknown>
}

/** Without jitter, so that lifetimes are the same everywhere. */
const steady = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 })

export const makeReplica = (options: {
  readonly address: RedisAddress
  readonly keys?: ReadonlyArray<SealingKey>
  readonly timeLimit?: Duration.Duration
}): Effect.Effect<Replica, never, Scope.Scope> =>
  Effect.gen(function* () {
    // A busy machine is slow as well; a test of slowness says what is slow.
    const { address, keys = [], timeLimit = Duration.seconds(10) } = options
    const registry = new Map()
    const inItsOwn = Effect.provideService(Metric.MetricRegistry, registry)
    const store = yield* inItsOwn(storeAt(address, timeLimit, keys))
    const answers = SharedAnswers.layer.pipe(Layer.provide([Layer.succeedContext(store), NodeCrypto.layerSecureRandom]))
    const context = yield* BackupCache.layer.pipe(
      Layer.provide([answers, NodeCrypto.layerDigest, RateLimits.layerMemory]),
      Layer.build,
      inItsOwn
    )
    const metric = (id: string, attributes: Readonly<Record<string, string>> = {}) =>
      inItsOwn(
        Effect.map(Metric.snapshot, (snapshots) => {
          const found = snapshots.find(
            (metric) =>
              metric.id === id &&
              Object.entries(attributes).every(([name, value]) => metric.attributes?.[name] === value)
          )
          return found?.state as Readonly<Record<string, unknown>> | undefined
        })
      )
    return {
      run: (effect) => inItsOwn(steady(Effect.provideContext(effect, Context.pick(BackupCache)(context)))),
      count: (id, attributes) => Effect.map(metric(id, attributes), (state) => Number(state?.["count"] ?? 0)),
      value: (id) => Effect.map(metric(id), (state) => state?.["value"])
    }
  })
