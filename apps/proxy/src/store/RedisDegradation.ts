import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Redis from "effect/persistence/Redis"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { metricContext } from "../observability/Counters.ts"
import { refusalOf, sayingOf } from "./RedisFailure.ts"
import { redisDegraded } from "./StoreMetrics.ts"

/** The functions of Redis that fail, each with the reason: for the metric, the log and `/readyz`. */
export interface RedisDegradation {
  /** Sets the reason why a function fails; `undefined` when it works. */
  readonly set: (name: string, why: string | undefined) => void
  readonly list: () => ReadonlyArray<string>
  /** Sets the trouble of an operation by its result, so that one that Redis refuses shows though others work. */
  readonly noting: (
    operation: string
  ) => <A, R>(effect: Effect.Effect<A, Redis.RedisError, R>) => Effect.Effect<A, Redis.RedisError, R>
}

/** Successes with other keys do not end the trouble of one key for so long after its last refusal, in milliseconds. */
const oneKeyStands = 10_000

/** No trouble yet. Changes are logged as long as the scope lasts. */
export const makeRedisDegradation: Effect.Effect<RedisDegradation, never, Scope.Scope> = Effect.gen(function* () {
  const metrics = yield* metricContext
  const clock = yield* Clock.Clock
  const troubles = new Map<string, string>()
  /** The time at which a key was last refused, by operation. */
  const refusedAt = new Map<string, number>()
  const changes = yield* PubSub.sliding<void>(16)
  const set = (name: string, why: string | undefined) => {
    if (troubles.get(name) === why) return
    if (why === undefined) troubles.delete(name)
    else troubles.set(name, why)
    redisDegraded.updateUnsafe(troubles.size === 0 ? 0 : 1, metrics)
    PubSub.publishUnsafe(changes, undefined)
  }
  const list = () => Array.from(troubles, ([name, why]) => `${name}: ${why}`)

  yield* Metric.update(redisDegraded, 0)
  yield* Stream.fromPubSub(changes).pipe(
    Stream.debounce("20 millis"),
    Stream.runForEach(() =>
      Effect.suspend(() =>
        troubles.size === 0
          ? Effect.logInfo("Redis is used in full again")
          : Effect.logWarning(`Redis is not used in full: this replica goes on by itself (${list().join("; ")})`)
      )
    ),
    Effect.forkScoped({ startImmediately: true })
  )

  return {
    set,
    list,
    noting: (operation) => (effect) =>
      effect.pipe(
        Effect.tap(
          Effect.sync(() => {
            const refused = refusedAt.get(operation) ?? -Infinity
            if (clock.currentTimeMillisUnsafe() >= refused + oneKeyStands) set(operation, undefined)
          })
        ),
        Effect.tapError((error) =>
          Effect.sync(() => {
            const refusal = refusalOf(error)
            if (refusal === "WRONGTYPE") refusedAt.set(operation, clock.currentTimeMillisUnsafe())
            if (refusal !== undefined) set(operation, sayingOf(error))
          })
        )
      )
  }
})
