import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { absent, type CacheEntry, present } from "./CacheEntry.ts"
import { cacheBytes, cacheEntries } from "./CacheMetrics.ts"
import type { CacheStore } from "./CacheStore.ts"
import { meaningOf } from "./FailureMeaning.ts"
import type { Answered } from "./SharedAnswers.ts"
import type { ShowFailed } from "./Shown.ts"

/** How the store follows what the cloud says. All moments are in milliseconds since 1970. */
export interface Learning {
  /** The entry for an answer that came at a moment. */
  readonly entryOf: (key: string, answered: Answered, at: number, version?: string) => Effect.Effect<CacheEntry>
  readonly put: (key: string, entry: CacheEntry) => Effect.Effect<void>
  readonly forget: (key: string) => Effect.Effect<void>
  /** What follows from a failure for the entry that is there. */
  readonly fail: (key: string, error: ShowFailed, at: number) => Effect.Effect<void>
}

/** How this store follows. */
export const makeLearning = (store: CacheStore): Effect.Effect<Learning, never, Digest.Digest> =>
  Effect.map(Digest.Digest, (digest) => {
    /** Changes the store, and says how full it is then. */
    const changed = (change: () => void): Effect.Effect<void> =>
      Effect.suspend(() => {
        change()
        const { bytes, entries } = store.size()
        return Effect.andThen(Metric.update(cacheEntries, entries), Metric.update(cacheBytes, bytes))
      })
    const forget = (key: string) => changed(() => store.forget(key))
    return {
      entryOf: Effect.fnUntraced(function* (key, { answer, wasLeaving }, at, version) {
        const chance = yield* Random.next
        const entry = Result.isSuccess(answer)
          ? yield* Effect.provideService(present(key, answer.success, at, chance), Digest.Digest, digest)
          : yield* absent(answer.failure, wasLeaving, at, chance)
        return version === undefined ? entry : { ...entry, version }
      }),
      put: (key, entry) => changed(() => store.put(key, entry)),
      forget,
      fail: (key, error, at) => {
        switch (meaningOf(error)) {
          case "gone":
          case "revoked":
            return forget(key)
          case "ill":
            return Effect.sync(() => {
              const entry = store.get(key)
              if (entry?._tag !== "Present") return
              entry.attempts.lastAt = at
              entry.attempts.holdUntil = at + holdFor(error)
            })
          case "ours":
            return Effect.void
        }
      }
    }
  })

/** How long the cloud is left alone about a backup after it failed, in milliseconds: a second, or as it says, within reason. */
const holdFor = (error: ShowFailed): number =>
  Math.min(Math.max(error._tag === "Refusal" ? 1 : (error.retry_after ?? 1), 1), 30) * 1_000
