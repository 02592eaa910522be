import type { CacheEntry, Present } from "./CacheEntry.ts"
import type { CacheRules } from "./CacheRules.ts"
import type { RequestDirectives } from "./RequestDirectives.ts"

/** What to do with a request, given what is known. */
export type CacheDecision =
  /** The entry is the answer; `revalidate` when a new one is to be fetched beside it. */
  | { readonly _tag: "Serve"; readonly detail: ServeDetail | undefined; readonly revalidate: boolean }
  /** The cloud is asked; `mayFallBack` when a stale entry will do if it gives no answer. */
  | { readonly _tag: "Fetch"; readonly because: "uri-miss" | "stale" | "request"; readonly mayFallBack: boolean }
  /** The caller wants no call to the cloud, and nothing else can answer. */
  | { readonly _tag: "NotCached" }

/** What a caller should know of an answer from the cache. */
export type ServeDetail = "stale-while-revalidate" | "stale-if-error" | "max-stale" | "bypass-denied" | "bypass-limited"

/**
 * Decides by the entry, the caller's directives and the time alone.
 *
 * `no-cache`, and `max-age=0`, which is the same, are for callers with the
 * right to bypass the cache and are ignored from others. Whoever limits an
 * answer's age or freshness gets no stale one, unless `max-stale` allows it.
 *
 * @param now milliseconds since 1970
 */
export const decide = (
  entry: CacheEntry | undefined,
  directives: RequestDirectives,
  mayBypass: boolean,
  now: number,
  rules: Pick<CacheRules, "betweenForced">
): CacheDecision => {
  // Before its own time an entry says nothing: the clock was set back.
  if (entry === undefined || now < entry.at || now >= entry.lifetime.usableUntil) {
    return directives.onlyIfCached ? notCached : miss
  }
  const decision =
    entry._tag === "Absent" ? serve(undefined) : judge(entry, directives, mayBypass, now, rules.betweenForced * 1_000)
  if (!directives.onlyIfCached) return decision
  return decision._tag === "Serve" ? { ...decision, revalidate: false } : notCached
}

const judge = (
  entry: Present,
  directives: RequestDirectives,
  mayBypass: boolean,
  now: number,
  forcedInterval: number
): CacheDecision => {
  const { minFresh } = directives
  const maxAge = directives.maxAge === 0 ? undefined : directives.maxAge
  const { freshUntil, revalidateUntil } = entry.lifetime
  const age = now - entry.at

  const wantsBypass = directives.noCache || directives.maxAge === 0
  const limited = now - Math.max(entry.at, entry.attempts.lastAt) < forcedInterval
  if (wantsBypass && mayBypass && !limited) return forced
  const detail = wantsBypass ? (mayBypass ? "bypass-limited" : "bypass-denied") : undefined

  if (maxAge !== undefined && age > maxAge * 1_000) return forced
  if (now < freshUntil) {
    const freshEnough = minFresh === undefined || freshUntil - now >= minFresh * 1_000
    // The newest answer that may be asked for is as fresh as answers get.
    return freshEnough || age < forcedInterval ? serve(detail) : forced
  }
  if (directives.maxStale !== undefined && now - freshUntil <= directives.maxStale * 1_000) return serve("max-stale")
  const strict = directives.maxStale === undefined && (maxAge !== undefined || minFresh !== undefined)
  if (strict) return { _tag: "Fetch", because: "stale", mayFallBack: false }
  if (now < revalidateUntil) return revalidate
  return mayServeOnError(entry, now) && now < entry.attempts.holdUntil
    ? serve("stale-if-error")
    : { _tag: "Fetch", because: "stale", mayFallBack: true }
}

/** Whether an entry will do when the cloud gives no answer. */
export const mayServeOnError = (entry: CacheEntry | undefined, now: number): entry is Present =>
  entry?._tag === "Present" && entry.at <= now && now < entry.lifetime.fallbackUntil

const serve = (detail: ServeDetail | undefined): CacheDecision => ({ _tag: "Serve", detail, revalidate: false })
const revalidate: CacheDecision = { _tag: "Serve", detail: "stale-while-revalidate", revalidate: true }
const miss: CacheDecision = { _tag: "Fetch", because: "uri-miss", mayFallBack: false }
const forced: CacheDecision = { _tag: "Fetch", because: "request", mayFallBack: false }
const notCached: CacheDecision = { _tag: "NotCached" }
