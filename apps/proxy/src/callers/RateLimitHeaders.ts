import type { Quota } from "../store/TokenBuckets.ts"

/** The rest of a caller's quota, as its `RateLimit` fields. */
export type RateLimitHeaders = Readonly<Record<"ratelimit" | "ratelimit-policy", string>>

export const secondsOf = (milliseconds: number): number => Math.ceil(milliseconds / 1_000)

const policies = new WeakMap<Quota, string>()

/** The same for every request under a quota, so it is written once. */
const policyOf = (name: string, quota: Quota): string => {
  const known = policies.get(quota)
  if (known !== undefined) return known
  const policy = `"${name}";q=${quota.burst};w=${Math.ceil(quota.burst / quota.perSecond)}`
  policies.set(quota, policy)
  return policy
}

/**
 * The fields of a quota with so many requests left, which is full after so many milliseconds.
 *
 * @source draft-ietf-httpapi-ratelimit-headers-10
 */
export const fieldsOf = (name: string, quota: Quota, remaining: number, resetAfter: number): RateLimitHeaders => ({
  "ratelimit-policy": policyOf(name, quota),
  ratelimit: `"${name}";r=${Math.max(0, Math.floor(remaining))};t=${secondsOf(resetAfter)}`
})
