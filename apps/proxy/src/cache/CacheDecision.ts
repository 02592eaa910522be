import type { CachePolicy } from "../policy/CachePolicy.ts"
import type { CacheControl } from "./CacheControl.ts"
import type { CacheEntry, Present } from "./CacheEntry.ts"

/** The decision about a request, by the cached entry. */
export type CacheDecision =
  /** The entry is the answer; `revalidate` when a new one is to be fetched beside it. */
  | { readonly _tag: "Serve"; readonly detail: ServeDetail | undefined; readonly revalidate: boolean }
  /** A call to the cloud; `mayFallBack` if a stale entry will do when it fails, `stores` if its answer may be cached. */
  | {
      readonly _tag: "Fetch"
      readonly because: "uri-miss" | "stale" | "request"
      readonly mayFallBack: boolean
      readonly stores: boolean
    }
  /** The caller wants no call to the cloud, and nothing else can answer. */
  | { readonly _tag: "NotCached" }

/** The right to bypass the cache: callers that have it share one call a moment, the proxy's own looks are `unlimited`. */
export type Bypass = boolean | "unlimited"

/** The `detail` of an answer from the cache. */
export type ServeDetail = "stale-while-revalidate" | "stale-if-error" | "max-stale" | "bypass-denied" | "bypass-limited"

/**
 * Decides by the entry, the caller's directives and the time alone.
 *
 * A caller that wants a cached answer passed over, fresh or stale (`no-cache`,
 * or a `max-age` or `min-fresh` that the answer does not meet), needs the right
 * to bypass the cache, and shares one call a moment with all others that want
 * so. Without the right, or a second time in that moment, the directive is
 * ignored. A stale answer meets no `max-age` or `min-fresh` without `max-stale`.
 *
 * So is `no-store` a second time in that moment, where a stale entry would
 * have every such request make a call.
 *
 * @source RFC 9111, section 5.2.1: a cache may ignore the directives of requests
 *
 * @param now milliseconds since 1970
 * @param isJoinable whether a call is under way that the request would join; a plain hit does not ask
 */
export const decide = (
  entry: CacheEntry | undefined,
  directives: CacheControl,
  mayBypass: Bypass,
  now: number,
  rules: Pick<CachePolicy, "bypasses_per_second">,
  isJoinable: () => boolean = () => false
): CacheDecision => {
  // Before its own time an entry says nothing: the clock was set back.
  if (entry === undefined || now < entry.at || now >= entry.freshness.usableUntil) {
    return directives.onlyIfCached ? notCached : fetch("uri-miss", !directives.noStore)
  }
  const decision =
    entry._tag === "Absent"
      ? serve(undefined)
      : judge(entry, directives, mayBypass, now, 1_000 / rules.bypasses_per_second, isJoinable)
  if (!directives.onlyIfCached) return decision
  return decision._tag === "Serve" ? { ...decision, revalidate: false } : notCached
}

const judge = (
  entry: Present,
  directives: CacheControl,
  mayBypass: Bypass,
  now: number,
  forcedInterval: number,
  isJoinable: () => boolean
): CacheDecision => {
  const { maxAge, maxStale, minFresh, noCache, noStore } = directives
  const { freshUntil, revalidateUntil } = entry.freshness
  const age = now - entry.at
  const isTooOld = maxAge !== undefined && (maxAge === 0 || age > maxAge * 1_000)
  const endsTooSoon = minFresh !== undefined && freshUntil - now < minFresh * 1_000
  const wasAsked = () => now - Math.max(entry.at, entry.revalidation.lastAt) < forcedInterval && !isJoinable()
  const isLimited = () => mayBypass !== "unlimited" && wasAsked()

  if (now < freshUntil) {
    // The newest answer that may be asked for is as fresh as answers get.
    if (!noCache && !isTooOld && (!endsTooSoon || age < forcedInterval)) return serve(undefined)
    return mayBypass !== false
      ? isLimited()
        ? serve("bypass-limited")
        : fetch("request", !noStore)
      : serve("bypass-denied")
  }
  // A caller that limits age or freshness wants no stale answer, unless `max-stale` says so.
  const acceptsStale = maxStale !== undefined && now - freshUntil <= maxStale * 1_000
  const wantsFresh = noCache || isTooOld || (!acceptsStale && (maxAge ?? minFresh) !== undefined)
  if (wantsFresh && mayBypass !== false && !isLimited()) return fetch("request", !noStore)
  if (acceptsStale) return serve("max-stale")
  // A cloud that fails is not called by every request that an older answer serves.
  if (mayServeOnError(entry, now) && now < entry.revalidation.backoffUntil) return serve("stale-if-error")
  if (now < revalidateUntil) return revalidate
  return { _tag: "Fetch", because: "stale", mayFallBack: true, stores: !noStore || wasAsked() }
}

/** Whether an entry will do when the cloud gives no answer. */
export const mayServeOnError = (entry: CacheEntry | undefined, now: number): entry is Present =>
  entry?._tag === "Present" && entry.at <= now && now < entry.freshness.fallbackUntil

const serve = (detail: ServeDetail | undefined): CacheDecision => ({ _tag: "Serve", detail, revalidate: false })
const revalidate: CacheDecision = { _tag: "Serve", detail: "stale-while-revalidate", revalidate: true }
const fetch = (because: "uri-miss" | "request", stores: boolean): CacheDecision => ({
  _tag: "Fetch",
  because,
  mayFallBack: false,
  stores
})
const notCached: CacheDecision = { _tag: "NotCached" }
