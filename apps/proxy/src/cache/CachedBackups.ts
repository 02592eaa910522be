import { TimedOut } from "@cbr/client"
import { isShowBackupRequest, type ShowBackupRequest } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Quotas } from "../callers/Quotas.ts"
import { CachePolicy, defaultCachePolicy } from "../policy/CachePolicy.ts"
import { defaultLimitsPolicy, LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { shortestAttempt } from "../policy/TimeLimit.ts"
import { Refusal } from "../problems/Refusal.ts"
import type { FairQueueLimits } from "../upstream/FairQueue.ts"
import { shed } from "../upstream/Shedding.ts"
import type { Upstream } from "../upstream/Upstreams.ts"
import { type Bypass, type CacheDecision, decide, mayServeOnError } from "./CacheDecision.ts"
import type { Present } from "./CacheEntry.ts"
import { cacheResults } from "./CacheMetrics.ts"
import { type CacheStatus, resultOf } from "./CacheStatus.ts"
import { type CacheLimits, type CacheStore, makeCacheStore } from "./CacheStore.ts"
import { meaningOf } from "./FailureMeaning.ts"
import { Flight } from "./Flight.ts"
import { type Landed, makeFlights } from "./Flights.ts"
import type { RequestDirectives } from "./RequestDirectives.ts"
import { type Shown, served, statusCode, statusOfHit } from "./Shown.ts"

/** What a caller asks for who is known to have the right to it. */
export interface Ask {
  readonly request: ShowBackupRequest
  readonly upstream: Upstream
  /** In whose turn a call to the cloud is made. */
  readonly caller_id: string
  /** By which a call to the cloud may be turned away under load; never for who has none. */
  readonly quota_class?: string
  readonly directives: RequestDirectives
  /** Whether the cache may be bypassed. */
  readonly mayBypass: Bypass
  /** Until when the caller waits, in milliseconds since 1970. */
  readonly deadline: number
}

/** What of an ask decides whether it is a hit. */
export type AskForHit = Pick<Ask, "request" | "upstream" | "directives" | "mayBypass">

/** A backup from the cache. */
export interface Hit {
  readonly entry: Present
  readonly status: CacheStatus
}

/** How much is held, and how much is let through to each region. */
export interface CachedBackupsLimits {
  readonly cache: CacheLimits
  readonly queue: FairQueueLimits
}

/** The limits in force unless others are provided. */
export const CachedBackupsLimits = Context.Reference<CachedBackupsLimits>("@cbr/proxy/CachedBackupsLimits", {
  defaultValue: () => ({ cache: defaultCachePolicy, queue: defaultLimitsPolicy })
})

/**
 * Backups, from the cache or from the cloud. It knows nothing of rights: who
 * asks must have been let through before, and what one caller's ask brought is
 * there for every other who was let through to the same backup.
 *
 * At most one call for a backup is under way, however many wait for it. Each
 * waits as long as it likes; the call is given up when nobody waits any more.
 */
export class CachedBackups extends Context.Service<
  CachedBackups,
  {
    readonly show: (ask: Ask) => Effect.Effect<Shown>
    /**
     * The hit that `show` would come to at this moment, in milliseconds since
     * 1970; `undefined` when it would come to anything else, or when a new
     * answer is to be fetched beside it. Waits for nothing and counts nothing.
     * The ids have been checked.
     */
    readonly hit: (ask: AskForHit, now: number, rules: CachePolicy) => Hit | undefined
    /** Forgets a backup; a call that is under way for it is not stored. */
    readonly purge: (upstream: Upstream, request: ShowBackupRequest) => Effect.Effect<void>
    readonly store: CacheStore
  }
>()("@cbr/proxy/CachedBackups") {
  static readonly layer: Layer.Layer<CachedBackups, never, Digest.Digest | Quotas> = Layer.effect(
    CachedBackups,
    Effect.suspend(() => make)
  )
}

/** What an entry is found by. The ids are checked before, so that none reaches beyond its own line. */
export const keyOf = (upstream: Upstream, { backup_id, project_id }: ShowBackupRequest): string =>
  `${upstream.region}\n${upstream.credential_id}\n${project_id}\n${backup_id.toLowerCase()}`

const keys = new WeakMap<ShowBackupRequest, { readonly upstream: Upstream; readonly key: string }>()

/** {@link keyOf}, once for a request that comes again as the same object. */
const keyOfSame = (upstream: Upstream, request: ShowBackupRequest): string => {
  const known = keys.get(request)
  if (known?.upstream === upstream) return known.key
  const key = keyOf(upstream, request)
  keys.set(request, { upstream, key })
  return key
}

const make: Effect.Effect<CachedBackups["Service"], never, Digest.Digest | Quotas | Scope.Scope> = Effect.gen(
  function* () {
    const limits = yield* CachedBackupsLimits
    const scope = yield* Effect.scope
    const store = makeCacheStore(limits.cache)
    const flights = yield* makeFlights(store, limits.queue)

    const flightOf = ({ caller_id, directives, request, upstream }: Ask, known: string | undefined): Flight =>
      new Flight({
        key: keyOf(upstream, request),
        upstream,
        request: { ...request, backup_id: request.backup_id.toLowerCase() },
        caller_id,
        stores: !directives.noStore,
        known
      })

    const revalidate = (ask: Ask, entry: Present): Effect.Effect<void> => {
      if (entry.attempts.revalidating) return Effect.void
      entry.attempts.revalidating = true
      return Effect.flatMap(LimitsPolicy, ({ deadline_ms }) =>
        flights.join(flightOf(ask, entry.version), deadline_ms)
      ).pipe(
        Effect.ensuring(Effect.sync(() => void (entry.attempts.revalidating = false))),
        Effect.forkIn(scope),
        Effect.asVoid
      )
    }

    const fetch = Effect.fnUntraced(function* (
      ask: Ask,
      decision: Extract<CacheDecision, { _tag: "Fetch" }>,
      now: number,
      known: string | undefined
    ): Effect.fn.Return<{ readonly shown: Shown; readonly newer?: string | undefined }> {
      const left = ask.deadline - now
      if (left < shortestAttempt) {
        return { shown: { outcome: Result.fail(noTime), status: { hit: false, detail: "no-time" }, at: now } }
      }
      let flight = flightOf(ask, known)
      const admitted = yield* Effect.result(shed(ask.quota_class))
      let landed: Landed = Result.isFailure(admitted)
        ? { outcome: Result.fail(admitted.failure), stored: false }
        : yield* flights.join(flight, left)
      if (Result.isSuccess(admitted) && !flight.leads && isOverloaded(landed)) {
        // It was another caller's lane that was full. This one has a turn of its own.
        const rest = ask.deadline - (yield* Clock.currentTimeMillis)
        if (rest >= shortestAttempt) {
          flight = flightOf(ask, known)
          landed = yield* flights.join(flight, rest)
        }
      }
      const { found, outcome, stored } = landed
      const at = yield* Clock.currentTimeMillis
      if (Result.isFailure(outcome) && decision.mayFallBack && meaningOf(outcome.failure) === "ill") {
        // What is there now: the entry of before may have been purged meanwhile.
        const entry = store.get(flight.key)
        if (mayServeOnError(entry, at)) return { shown: served(entry, "stale-if-error", at) }
      }
      const status = {
        hit: false,
        fwd: decision.because,
        ...statusCode(outcome),
        stored,
        collapsed: Result.isSuccess(admitted) && !flight.leads,
        ...(ask.directives.noStore ? { detail: "no-store" } : {})
      }
      return { shown: { outcome, at, status }, newer: found }
    })

    /** @param found the version of an answer that another replica had, and that was judged like one of our own */
    const answer = Effect.fnUntraced(function* (ask: Ask, found?: string): Effect.fn.Return<Shown> {
      const now = yield* Clock.currentTimeMillis
      const entry = store.get(keyOf(ask.upstream, ask.request))
      const decision = decide(entry, ask.directives, ask.mayBypass, now, yield* CachePolicy)
      switch (decision._tag) {
        case "Fetch": {
          const { newer, shown } = yield* fetch(ask, decision, now, found ?? entry?.version)
          // What was found after that came while the caller waited, and is as new as a call could bring it.
          return newer === undefined || found !== undefined ? shown : yield* answer(ask, newer)
        }
        case "NotCached":
          return found === undefined && (yield* flights.look(keyOf(ask.upstream, ask.request)))
            ? yield* answer(ask, "")
            : { outcome: Result.fail(notCached), status: { hit: false, detail: "only-if-cached" }, at: now }
        case "Serve":
          if (decision.revalidate && entry?._tag === "Present") yield* revalidate(ask, entry)
          return served(entry!, decision.detail, now)
      }
    })

    const show = Effect.fn("CachedBackups.show")(function* (ask: Ask) {
      if (!isShowBackupRequest(ask.request)) return yield* refusedByClient(ask)
      const shown = yield* answer(ask)
      yield* Metric.update(cacheResults[resultOf(shown.status)], 1)
      return shown
    })

    const hit = (ask: AskForHit, now: number, rules: CachePolicy): Hit | undefined => {
      const entry = store.get(keyOfSame(ask.upstream, ask.request))
      if (entry?._tag !== "Present") return undefined
      const decision = decide(entry, ask.directives, ask.mayBypass, now, rules)
      return decision._tag === "Serve" && !decision.revalidate
        ? { entry, status: statusOfHit(entry, decision.detail, now) }
        : undefined
    }

    const purge = (upstream: Upstream, request: ShowBackupRequest) => flights.forget(keyOf(upstream, request))

    return CachedBackups.of({ show, hit, purge, store })
  }
)

/** The client says what is wrong with an id, and sends nothing. */
const refusedByClient = Effect.fnUntraced(function* (ask: Ask): Effect.fn.Return<Shown> {
  const error = yield* Effect.orDie(Effect.flip(ask.upstream.showBackup(ask.request)))
  return { outcome: Result.fail(error), status: { hit: false }, at: yield* Clock.currentTimeMillis }
})

/** Why a call was not made that another caller's turn was waited for. */
const turnedAway: ReadonlySet<Refusal["reason"]> = new Set(["Overloaded", "QuotaExceeded"])

const isOverloaded = ({ outcome }: Landed): boolean =>
  Result.isFailure(outcome) && outcome.failure._tag === "Refusal" && turnedAway.has(outcome.failure.reason)

const noTime = new TimedOut({
  detail: { code: "caller-leaves-no-time", milliseconds: shortestAttempt },
  limit: "call",
  attempts: 0
})

const notCached = new Refusal({
  reason: "NotCached",
  message: "no answer that fits the request's Cache-Control is cached"
})
