import { TimedOut } from "@cbr/client"
import { isShowBackupRequest, type ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { RateLimits } from "../callers/RateLimits.ts"
import { metricContext } from "../observability/Counters.ts"
import { CachePolicy, defaultCachePolicy } from "../policy/CachePolicy.ts"
import { defaultLimitsPolicy, LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { minCallTime } from "../policy/RequestDeadline.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { FairQueueLimits } from "../upstream/FairQueue.ts"
import { shed } from "../upstream/LoadShedding.ts"
import type { Upstream } from "../upstream/Upstreams.ts"
import type { CacheControl } from "./CacheControl.ts"
import { type Bypass, type CacheDecision, decide as judge, mayServeOnError } from "./CacheDecision.ts"
import type { CacheEntry, Present } from "./CacheEntry.ts"
import { type CachedRequest, isListRequest, keyOf } from "./CacheKey.ts"
import { cacheBytes, cacheEntries, cacheResults } from "./CacheMetrics.ts"
import { type CacheResult, cachedResult, fwdStatusOf } from "./CacheResult.ts"
import { labelOf } from "./CacheStatus.ts"
import { type CacheLimits, type CacheStore, makeCacheStore } from "./CacheStore.ts"
import { failed, type JoinedResult, makeCloudFetch } from "./CloudFetch.ts"
import { type Continuation, flatMap, fromEffect, isContinuation, toEffect } from "./Continuation.ts"
import { failureClassOf } from "./FailureClass.ts"
import type { SharedAnswers } from "./SharedAnswers.ts"

/** A lookup for a caller that is known to have the right to it. */
export interface CacheLookup {
  readonly request: CachedRequest
  readonly upstream: Upstream
  /** The caller in whose turn a call to the cloud is made. */
  readonly caller_id: string
  /** The class by which a call to the cloud may be shed under load; without one, never. */
  readonly quota_class?: string
  readonly directives: CacheControl
  /** Whether the cache may be bypassed. */
  readonly mayBypass: Bypass
  /** Until when the caller waits, in milliseconds since 1970. */
  readonly deadline: number
  /** The time that the caller gave the request, in milliseconds: part of it may have passed before the lookup. */
  readonly limit: number
}

/** The decision about a lookup, and the entry that it depends on. */
export interface CachedDecision {
  readonly lookup: CacheLookup
  /** The key of the entry. */
  readonly key: string
  readonly entry: CacheEntry | undefined
  readonly decision: CacheDecision
}

/** The size of the cache, and the limits of the calls to each region. */
export interface BackupCacheLimits {
  readonly cache: CacheLimits
  readonly queue: FairQueueLimits
}

/** The limits in force unless others are provided. */
export const BackupCacheLimits = Context.Reference<BackupCacheLimits>("@cbr/proxy/BackupCacheLimits", {
  defaultValue: () => ({ cache: defaultCachePolicy, queue: defaultLimitsPolicy })
})

/**
 * Backups, and pages of the list, from the cache or from the cloud. It knows
 * nothing of rights: a caller must have been admitted before. The answer to one
 * caller's lookup is there for every other that was admitted to the same backup,
 * or to the same project's list.
 *
 * No cached answer tells an older state of a backup than an answer that was given
 * before: the cache forgets the entries that an answer outdates.
 *
 * At most one call for a backup is under way, however many requests wait for it,
 * each up to its own deadline. The call is interrupted when no request waits any more.
 */
export class BackupCache extends Context.Service<
  BackupCache,
  {
    /** Decides a lookup at a moment, in milliseconds since 1970, by the entries here; changes nothing. */
    readonly decide: (lookup: CacheLookup, now: number, rules: CachePolicy) => CachedDecision
    /**
     * Carries a decision out: the answer, or a call that brings it.
     *
     * @param context the context in which a call runs
     */
    readonly carryOut: (
      of: CachedDecision,
      now: number,
      context: () => Context.Context<never>
    ) => CacheResult | Continuation<CacheResult>
    /** Decides a lookup by the rules in force, and carries the decision out. */
    readonly show: (lookup: CacheLookup) => Effect.Effect<CacheResult>
    /** Forgets a backup; a call that is under way for it is not stored. */
    readonly purge: (upstream: Upstream, request: ShowBackupRequest) => Effect.Effect<void>
    /** Forgets the entries that contradict that there is no backup of this key, as a list has shown. */
    readonly gone: (key: string) => Effect.Effect<void>
    readonly store: CacheStore
  }
>()("@cbr/proxy/BackupCache") {
  static readonly layer: Layer.Layer<BackupCache, never, RateLimits | SharedAnswers> = Layer.effect(
    BackupCache,
    Effect.suspend(() => make)
  )
}

/** The keys of cached answers, for a request that comes again as the same object. */
const keys = new WeakMap<CachedRequest, { readonly upstream: Upstream; readonly key: string }>()

type Fetch = Extract<CacheDecision, { readonly _tag: "Fetch" }>

const make: Effect.Effect<BackupCache["Service"], never, RateLimits | SharedAnswers | Scope.Scope> = Effect.gen(
  function* () {
    const limits = yield* BackupCacheLimits
    const clock = yield* Clock.Clock
    const metrics = yield* metricContext
    const store = makeCacheStore(limits.cache, ({ bytes, entries }) => {
      cacheEntries.updateUnsafe(entries, metrics)
      cacheBytes.updateUnsafe(bytes, metrics)
    })
    const cloud = yield* makeCloudFetch(store, limits.queue)

    const decide: BackupCache["Service"]["decide"] = (lookup, now, rules) => {
      const { request, upstream } = lookup
      const known = keys.get(request)
      const key = known?.upstream === upstream ? known.key : keyOf(upstream, request)
      // A malformed id may spell the key of a list. The form of a known request's id has been checked.
      const entry = known === undefined && isMalformed(request) ? undefined : store.get(key)
      if (entry !== undefined && known === undefined) keys.set(request, { upstream, key })
      const isJoinable = () => cloud.isJoinable({ key, stores: !lookup.directives.noStore })
      return { lookup, key, entry, decision: judge(entry, lookup.directives, lookup.mayBypass, now, rules, isJoinable) }
    }

    /** @param found the version of another replica's answer, after which this request decides again */
    const answer = (of: CachedDecision, now: number, context: LazyContext, found?: string): Answer => {
      const { decision, entry, key, lookup } = of
      switch (decision._tag) {
        case "Serve":
          if (decision.revalidate && entry?._tag === "Present") revalidate(of, entry, context)
          return cachedResult(entry!, decision.detail, now)
        case "Fetch": {
          if (lookup.deadline - now < minCallTime) {
            return { outcome: Result.fail(noTime), status: { hit: false, detail: "no-time" }, at: now }
          }
          const turnedAway = shed(lookup.quota_class, context())
          return turnedAway === undefined
            ? fetch(of, decision, context, found)
            : fetched(of, decision, { outcome: Result.fail(turnedAway), stored: false, isLeader: true })
        }
        case "NotCached":
          if (found !== undefined) return notCachedAt(now)
          // The caller wants no call to the cloud, but another replica may have an answer.
          return flatMap(fromEffect(cloud.look(key), context(), false), (isThere) =>
            isThere ? decideAgain(lookup, context, "") : notCachedAt(clock.currentTimeMillisUnsafe())
          )
      }
    }

    const decideAgain = (lookup: CacheLookup, context: LazyContext, found: string): Answer => {
      const now = clock.currentTimeMillisUnsafe()
      return answer(decide(lookup, now, Context.get(context(), CachePolicy)), now, context, found)
    }

    const fetch = (of: CachedDecision, decision: Fetch, context: LazyContext, found: string | undefined): Answer => {
      const { entry, key, lookup } = of
      const request = { key, lookup, stores: decision.stores, known: found ?? entry?.version }
      const now = clock.currentTimeMillisUnsafe()
      // As the call begins: it leaves nothing behind where its callers leave before its end, or want it not stored.
      if (
        entry?._tag === "Present" &&
        (decision.because === "request" || !decision.stores) &&
        !cloud.isJoinable(request)
      ) {
        entry.revalidation.lastAt = now
      }
      return flatMap(cloud.fetch(request, lookup.deadline - now, context), (result) => {
        // An answer that is found a second time came while the caller waited, and is as new as a call could bring it.
        if (result.found !== undefined && found === undefined) return decideAgain(lookup, context, result.found)
        // It was another caller's lane that was full. This one has a turn of its own.
        const isOthers = !result.isLeader && isOverloaded(result)
        return isOthers && lookup.deadline - clock.currentTimeMillisUnsafe() >= minCallTime
          ? fetch(of, decision, context, found)
          : fetched(of, decision, result)
      })
    }

    /** The result of a request after the call that it waited for. */
    const fetched = ({ key }: CachedDecision, decision: Fetch, result: JoinedResult): CacheResult => {
      const { isLeader, outcome, stored } = result
      const at = clock.currentTimeMillisUnsafe()
      if (Result.isFailure(outcome) && decision.mayFallBack && failureClassOf(outcome.failure) === "transient") {
        // The entry that is cached now: the one of before may have been purged meanwhile.
        const entry = store.get(key)
        if (mayServeOnError(entry, at)) return cachedResult(entry, "stale-if-error", at)
      }
      const status = {
        hit: false,
        fwd: decision.because,
        ...fwdStatusOf(outcome),
        stored,
        collapsed: !isLeader,
        ...(decision.stores ? {} : { detail: "no-store" })
      }
      return { outcome, at, status }
    }

    /** Fetches a new answer that no caller waits for. A request's `no-store` does not concern it. */
    const revalidate = ({ key, lookup }: CachedDecision, entry: Present, context: LazyContext): void => {
      const { revalidation, version } = entry
      if (revalidation.revalidating) return
      revalidation.revalidating = true
      const { deadline_ms } = Context.get(context(), LimitsPolicy)
      cloud.fetch(
        { key, lookup, stores: true, known: version },
        deadline_ms,
        context
      )(() => {
        revalidation.revalidating = false
      })
    }

    const counted = (shown: CacheResult): CacheResult => {
      cacheResults[labelOf(shown.status)].updateUnsafe(1, metrics)
      return shown
    }

    const carryOut: BackupCache["Service"]["carryOut"] = (of, now, context) => {
      const { request, upstream } = of.lookup
      if (of.entry === undefined && isMalformed(request)) {
        const result: CacheResult = { outcome: failed.outcome, status: { hit: false }, at: now }
        return fromEffect(refusedByClient(upstream, request, now), context(), result)
      }
      const result = answer(of, now, context)
      return isContinuation(result) ? flatMap(result, counted) : counted(result)
    }

    const show = (lookup: CacheLookup) =>
      Effect.contextWith((context: Context.Context<never>) => {
        const now = clock.currentTimeMillisUnsafe()
        const result = carryOut(decide(lookup, now, Context.get(context, CachePolicy)), now, () => context)
        return isContinuation(result) ? toEffect(result) : Effect.succeed(result)
      })

    const purge = (upstream: Upstream, request: ShowBackupRequest) => cloud.forget(keyOf(upstream, request))

    return BackupCache.of({ decide, carryOut, show, purge, gone: cloud.gone, store })
  }
)

/** Whether a request has an id that no backup has: its key may be the key of another request. */
const isMalformed = (request: CachedRequest): request is ShowBackupRequest =>
  !isListRequest(request) && !isShowBackupRequest(request)

type LazyContext = () => Context.Context<never>
type Answer = CacheResult | Continuation<CacheResult>

/** The client says what is wrong with an id, and sends nothing. */
const refusedByClient = (upstream: Upstream, request: ShowBackupRequest, at: number): Effect.Effect<CacheResult> =>
  Effect.map(Effect.orDie(Effect.flip(upstream.showBackup(request))), (error) => ({
    outcome: Result.fail(error),
    status: { hit: false },
    at
  }))

/** Reasons for which the cloud was not called in another caller's turn. */
const turnedAway: ReadonlySet<ProxyError["reason"]> = new Set(["Overloaded", "QuotaExceeded"])

const isOverloaded = ({ outcome }: JoinedResult): boolean =>
  Result.isFailure(outcome) && outcome.failure._tag === "ProxyError" && turnedAway.has(outcome.failure.reason)

const noTime = new TimedOut({
  detail: { code: "caller-leaves-no-time", milliseconds: minCallTime },
  limit: "call",
  attempts: 0
})

const notCachedAt = (at: number): CacheResult => ({
  outcome: Result.fail(notCached),
  status: { hit: false, detail: "only-if-cached" },
  at
})

const notCached = new ProxyError({
  reason: "NotCached",
  message: "the cache has no answer that fits the request's Cache-Control"
})
