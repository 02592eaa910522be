/** A rate that may be exceeded for a moment, by what was saved up before. */
export interface Quota {
  /** Requests a second in the long run. */
  readonly perSecond: number
  /** Requests at once after a rest. */
  readonly burst: number
}

/** The result of taking a token; times are milliseconds. */
export type Taken =
  /** One was there. So many are left, and after so long none is missing. */
  | { readonly _tag: "Taken"; readonly left: number; readonly fullAfter: number }
  /** None was there, and none is gone. */
  | { readonly _tag: "Empty"; readonly nextAfter: number }

/**
 * Buckets of tokens in this process's memory, by key. Taking waits for
 * nothing, so that what is answered at once can be counted at once.
 */
export interface TokenBuckets {
  /** @param now milliseconds since 1970 */
  readonly take: (key: string, quota: Quota, now: number) => Taken
}

/** No bucket yet: each is full when it is first asked for. */
export const makeTokenBuckets = (): TokenBuckets => {
  const buckets = new Map<string, { tokens: number; filledAt: number }>()
  return {
    take: (key, { burst, perSecond }, now) => {
      let bucket = buckets.get(key)
      if (bucket === undefined) buckets.set(key, (bucket = { tokens: burst, filledAt: now }))
      const interval = 1_000 / perSecond
      const due = Math.floor((now - bucket.filledAt) / interval)
      if (due > 0) {
        bucket.tokens += due
        bucket.filledAt += due * interval
      }
      // Full, or the clock was set back: the time to the next token begins now.
      if (bucket.tokens >= burst || bucket.filledAt > now) {
        bucket.tokens = Math.min(burst, bucket.tokens)
        bucket.filledAt = now
      }
      const waited = now - bucket.filledAt
      if (bucket.tokens < 1) return { _tag: "Empty", nextAfter: interval - waited }
      bucket.tokens--
      return { _tag: "Taken", left: bucket.tokens, fullAfter: (burst - bucket.tokens) * interval - waited }
    }
  }
}
