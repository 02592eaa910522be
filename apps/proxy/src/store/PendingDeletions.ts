import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import { LRUCache } from "lru-cache"
import type { Held } from "./Store.ts"

/** The keys that the store could not forget: until it does, a replica does not use what the store has of them. */
export interface PendingDeletions {
  readonly add: (key: string) => void
  readonly delete: (key: string) => void
  readonly has: (key: string) => boolean
  readonly keys: () => ReadonlyArray<string>
  /** Whether a value of another key may be used: not if it is older than the wish of a key that had to make room. */
  readonly isUsable: (held: Held) => boolean
}

/** As many keys as the cache of one replica has entries by default. */
const maxKeys = 10_000

/** Longer than the rules of the cache let any value stand, which is two and a half days; in milliseconds. */
const maxLife = Duration.toMillis(Duration.days(3))

export const makePendingDeletions = (clock: Clock.Clock): PendingDeletions => {
  const now = () => clock.currentTimeMillisUnsafe()
  let unusedBefore = -Infinity
  const wishedAt = new LRUCache<string, number>({
    max: maxKeys,
    ttl: maxLife,
    ttlResolution: 0,
    perf: { now },
    dispose: (at, _, reason) => {
      if (reason === "evict") unusedBefore = Math.max(unusedBefore, at)
    }
  })
  return {
    add: (key) => void wishedAt.set(key, now()),
    delete: (key) => void wishedAt.delete(key),
    has: (key) => wishedAt.has(key),
    keys: () => Array.from(wishedAt.keys()),
    // A value without a life is the reader's to judge.
    isUsable: ({ left, life }) => !(now() - (life - left) <= unusedBefore)
  }
}
