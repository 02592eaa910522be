import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Iterable from "effect/Iterable"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Change } from "../store/LeasedValues.ts"
import { isListKey, placeOf } from "./CacheKey.ts"
import type { CacheStore } from "./CacheStore.ts"
import { noteFailure } from "./FailureClass.ts"
import type { SharedAnswers } from "./SharedAnswers.ts"

/** The changes of the other replicas, and the means to follow them. */
export interface ReplicaFollowerOptions {
  readonly store: CacheStore
  readonly changes: SharedAnswers["Service"]["changes"]
  /** Takes over the other replicas' entry of a key. */
  readonly look: (key: string) => Effect.Effect<unknown>
  /** Forgets a key in this process. */
  readonly forget: (key: string) => void
}

/** Keeps this process's cache in step with the other replicas as long as the scope lasts. */
export const followReplicas = ({
  changes,
  forget,
  look,
  store
}: ReplicaFollowerOptions): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    /** Keys of which another replica has a newer entry: each is looked at once, however many changes name it. */
    const renewed = new Set<string>()
    const hasRenewed = yield* Queue.sliding<void>(1)

    /**
     * Whether another replica's entry of a key may be newer than an entry here: of the same key, or of the same project
     * where one of both is a list.
     */
    const concerns = (key: string): boolean => {
      if (store.peek(key) !== undefined) return true
      const place = placeOf(key)
      const isHere = (other: string) => other.startsWith(place)
      if (Iterable.some(store.lists(), ([other]) => isHere(other))) return true
      return isListKey(key) && store.some(isHere)
    }

    /** Applies one change. No change waits for a look. */
    const apply = (change: Change) =>
      Effect.sync(() => {
        const { key } = change
        switch (change._tag) {
          case "Forgotten":
            renewed.delete(key)
            return forget(key)
          case "Failed":
            return noteFailure(store, key, change.error, clock.currentTimeMillisUnsafe())
          case "Stored":
            if (!concerns(key)) return
            renewed.add(key)
            Queue.offerUnsafe(hasRenewed, undefined)
        }
      })
    yield* Effect.forkScoped(Stream.runForEach(changes, apply), { startImmediately: true })
    yield* Queue.take(hasRenewed).pipe(
      Effect.flatMap(() => {
        const keys = [...renewed]
        renewed.clear()
        return Effect.forEach(keys, (key) => Effect.ignoreCause(look(key)), { concurrency: maxLooks, discard: true })
      }),
      Effect.forever,
      Effect.forkScoped
    )
  })

/** Enough to hide the round trip to the store. */
const maxLooks = 16
