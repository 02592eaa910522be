import type { CachePolicy } from "../policy/CachePolicy.ts"
import type { CacheControl } from "./CacheControl.ts"
import type { CacheEntry, Present } from "./CacheEntry.ts"

/** What to do with a request, given what is known. */
export type CacheDecision =
  /** The entry is the answer; `revalidate` when a new one is to be fetched beside it. */
  | { readonly _tag: "Serve"; readonly detail: ServeDetail | undefined; readonly revalidate: boolean }
  /** The cloud is asked; `mayFallBack` when a stale entry will do if it gives no answer. */
  | { readonly _tag: "Fetch"; readonly because: "uri-miss" | "stale" | "request"; readonly mayFallBack: boolean }
  /** The caller wants no call to the cloud, and nothing else can answer. */
  | { readonly _tag: "NotCached" }

/** Whether a cached answer may be passed over: for callers with the right to it once a moment, for the proxy's own looks as often as they are due. */
export type Bypass = boolean | "unlimited"

/** What a caller should know of an answer from the cache. */
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
 * @source RFC 9111, section 5.2.1: a cache may ignore the directives of requests
 *
 * @param now milliseconds since 1970
 */
export const decide = (
  entry: CacheEntry | undefined,
  directives: CacheControl,
  mayBypass: Bypass,
  now: number,
  rules: Pick<CachePolicy, "bypasses_per_second">
): CacheDecision => {
  // Before its own time an entry says nothing: the clock was set back.
  if (entry === undefined || now < entry.at || now >= entry.freshness.usableUntil) {
    return directives.onlyIfCached ? notCached : miss
  }
  const decision =
    entry._tag === "Absent"
      ? serve(undefined)
      : judge(entry, directives, mayBypass, now, 1_000 / rules.bypasses_per_second)
  if (!directives.onlyIfCached) return decision
  return decision._tag === "Serve" ? { ...decision, revalidate: false } : notCached
}

const judge = (
  entry: Present,
  directives: CacheControl,
  mayBypass: Bypass,
  now: number,
  forcedInterval: number
): CacheDecision => {
  const { maxAge, maxStale, minFresh, noCache } = directives
  const { freshUntil, revalidateUntil } = entry.freshness
  const age = now - entry.at
  const isTooOld = maxAge !== undefined && (maxAge === 0 || age > maxAge * 1_000)
  const endsTooSoon = minFresh !== undefined && freshUntil - now < minFresh * 1_000
  const limited = mayBypass !== "unlimited" && now - Math.max(entry.at, entry.revalidation.lastAt) < forcedInterval

  if (now < freshUntil) {
    // The newest answer that may be asked for is as fresh as answers get.
    if (!noCache && !isTooOld && (!endsTooSoon || age < forcedInterval)) return serve(undefined)
    return mayBypass !== false ? (limited ? serve("bypass-limited") : forced) : serve("bypass-denied")
  }
  // A caller that limits age or freshness wants no stale answer, unless `max-stale` says so.
  const acceptsStale = maxStale !== undefined && now - freshUntil <= maxStale * 1_000
  const wantsFresh = noCache || isTooOld || (!acceptsStale && (maxAge ?? minFresh) !== undefined)
  if (wantsFresh && mayBypass !== false && !limited) return forced
  if (acceptsStale) return serve("max-stale")
  if (now < revalidateUntil) return revalidate
  return mayServeOnError(entry, now) && now < entry.revalidation.backoffUntil
    ? serve("stale-if-error")
    : { _tag: "Fetch", because: "stale", mayFallBack: true }
}

/** Whether an entry will do when the cloud gives no answer. */
export const mayServeOnError = (entry: CacheEntry | undefined, now: number): entry is Present =>
  entry?._tag === "Present" && entry.at <= now && now < entry.freshness.fallbackUntil

const serve = (detail: ServeDetail | undefined): CacheDecision => ({ _tag: "Serve", detail, revalidate: false })
const revalidate: CacheDecision = { _tag: "Serve", detail: "stale-while-revalidate", revalidate: true }
const miss: CacheDecision = { _tag: "Fetch", because: "uri-miss", mayFallBack: false }
const forced: CacheDecision = { _tag: "Fetch", because: "request", mayFallBack: false }
const notCached: CacheDecision = { _tag: "NotCached" }
