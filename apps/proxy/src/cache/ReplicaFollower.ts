import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Iterable from "effect/Iterable"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Change } from "../store/LeasedValues.ts"
import { isListKey, placeOf } from "./CacheKey.ts"
import type { CacheStore } from "./CacheStore.ts"
import type { CacheWriter } from "./CacheWriter.ts"
import type { SharedAnswers, SharedEntry } from "./SharedAnswers.ts"

/** What the follower reads, and what it calls with the changes of other replicas. */
export interface ReplicaFollowerOptions {
  readonly clock: Clock.Clock
  readonly store: CacheStore
  readonly shared: SharedAnswers["Service"]
  readonly writer: Pick<CacheWriter, "fail">
  /** Forgets a key in this process. */
  readonly forget: (key: string) => void
  /** Stores an entry of another replica, if `isWanted` and nothing newer is here. */
  readonly takeOver: (key: string, entry: SharedEntry, isWanted: boolean) => Effect.Effect<unknown>
}

/** Keeps this process's cache in step with the other replicas. */
export interface ReplicaFollower {
  /** Takes over the other replicas' entry of a key; returns whether there was one. */
  readonly look: (key: string) => Effect.Effect<boolean>
  /** Drops the looks of a key that are due or under way: what they find is not stored. */
  readonly drop: (key: string) => void
  /** Follows the changes of the other replicas as long as the scope lasts. */
  readonly follow: Effect.Effect<void, never, Scope.Scope>
}

export const makeReplicaFollower = ({
  clock,
  forget,
  shared,
  store,
  takeOver,
  writer
}: ReplicaFollowerOptions): ReplicaFollower => {
  /** Looks under way, by key; a look whose key is dropped meanwhile stores nothing. */
  const looks = new Map<string, object>()
  /** Keys of which another replica has a newer entry: each is looked at once, however many changes name it. */
  const renewed = new Set<string>()

  const drop = (key: string) => {
    looks.delete(key)
    renewed.delete(key)
  }

  const look = Effect.fnUntraced(function* (key: string) {
    const own = {}
    let isWanted = false
    const end = Effect.sync(() => {
      isWanted = looks.get(key) === own
      if (isWanted) looks.delete(key)
    })
    looks.set(key, own)
    const entry = yield* Effect.ensuring(shared.look(key), end)
    if (entry !== undefined) yield* takeOver(key, entry, isWanted)
    return entry !== undefined
  })

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

  const follow = Effect.gen(function* () {
    const hasRenewed = yield* Queue.sliding<void>(1)
    /** Applies one change. No change waits for a look. */
    const apply = Effect.fnUntraced(function* (change: Change) {
      const { key } = change
      switch (change._tag) {
        case "Forgotten": {
          drop(key)
          return forget(key)
        }
        case "Failed":
          return writer.fail(key, change.error, clock.currentTimeMillisUnsafe())
        case "Stored": {
          if (!concerns(key)) return
          renewed.add(key)
          yield* Queue.offer(hasRenewed, undefined)
        }
      }
    })
    yield* Effect.forkScoped(Stream.runForEach(shared.changes, apply), { startImmediately: true })
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

  return { look, drop, follow }
}

/** Enough to hide the round trip to the store. */
const maxLooks = 16
