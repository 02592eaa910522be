import { type ShowBackupError, TimedOut } from "@cbr/client"
import { type ShowBackupRequest, ShowBackupRequest as ShowBackupRequestSchema } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Quotas } from "../callers/Quotas.ts"
import { Refusal } from "../edge/Refusal.ts"
import { defaultFairQueueLimits, type FairQueue, type FairQueueLimits, makeFairQueue } from "../upstream/FairQueue.ts"
import type { Upstream } from "../upstream/Upstreams.ts"
import { type CacheDecision, decide, mayServeOnError } from "./CacheDecision.ts"
import { absent, type CacheEntry, type Present, present } from "./CacheEntry.ts"
import { cacheBytes, cacheEntries, cacheResults } from "./CacheMetrics.ts"
import { CacheRules } from "./CacheRules.ts"
import { type CacheStatus, resultOf } from "./CacheStatus.ts"
import { type CacheLimits, type CacheStore, defaultCacheLimits, makeCacheStore } from "./CacheStore.ts"
import { meaningOf } from "./FailureMeaning.ts"
import { Flight } from "./Flight.ts"
import type { RequestDirectives } from "./RequestDirectives.ts"
import { shortestAttempt, TimeLimits } from "./TimeLimit.ts"

/** What a caller asks for who is known to have the right to it. */
export interface Ask {
  readonly request: ShowBackupRequest
  readonly upstream: Upstream
  /** In whose turn a call to the cloud is made. */
  readonly caller_id: string
  readonly directives: RequestDirectives
  /** Whether the caller may have the cache bypassed. */
  readonly mayBypass: boolean
  /** Until when the caller waits, in milliseconds since 1970. */
  readonly deadline: number
}

/** Why there is no backup to show. */
export type ShowFailed = ShowBackupError | Refusal

/** What an ask comes to, and how the cache had part in it. */
export interface Shown {
  readonly outcome: Result.Result<Present, ShowFailed>
  readonly status: CacheStatus
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number
}

/** How much is held, and how much is let through to each region. */
export interface CachedBackupsLimits {
  readonly cache: CacheLimits
  readonly queue: FairQueueLimits
}

/** The limits in force unless others are provided. */
export const CachedBackupsLimits = Context.Reference<CachedBackupsLimits>("@cbr/proxy/CachedBackupsLimits", {
  defaultValue: () => ({ cache: defaultCacheLimits, queue: defaultFairQueueLimits })
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
const keyOf = (upstream: Upstream, { backup_id, project_id }: ShowBackupRequest): string =>
  `${upstream.region}\n${upstream.credential_id}\n${project_id}\n${backup_id.toLowerCase()}`

const make: Effect.Effect<CachedBackups["Service"], never, Digest.Digest | Quotas | Scope.Scope> = Effect.gen(
  function* () {
    const limits = yield* CachedBackupsLimits
    const quotas = yield* Quotas
    const digest = yield* Digest.Digest
    const scope = yield* Effect.scope
    const store = makeCacheStore(limits.cache)
    const queues = new Map<string, FairQueue>()
    /** Whose answer may be stored, by key. */
    const current = new Map<string, Flight>()

    const queueOf = (region: string): FairQueue => {
      const queue = queues.get(region) ?? makeFairQueue(limits.queue)
      queues.set(region, queue)
      return queue
    }

    /** Changes the store, and says how full it is then. */
    const changed = (change: () => void): Effect.Effect<void> =>
      Effect.suspend(() => {
        change()
        const { bytes, entries } = store.size()
        return Effect.andThen(Metric.update(cacheEntries, entries), Metric.update(cacheBytes, bytes))
      })

    const learn = (flight: Flight, error: ShowFailed, at: number, chance: number): Effect.Effect<void> => {
      const before = store.get(flight.key)
      switch (meaningOf(error)) {
        case "gone":
          return error._tag === "BackupNotFound" && flight.stores
            ? Effect.flatMap(absent(error, before, at, chance), (entry) => changed(() => store.put(flight.key, entry)))
            : changed(() => store.forget(flight.key))
        case "revoked":
          return changed(() => store.forget(flight.key))
        case "ill":
          return Effect.sync(() => {
            if (before?._tag !== "Present") return
            before.attempts.lastAt = at
            before.attempts.holdUntil = at + holdFor(error)
          })
        case "ours":
          return Effect.void
      }
    }

    /** The one call for all who have the same wish. */
    const fly = Effect.fnUntraced(
      function* (flight: Flight) {
        const { caller_id, key, request, stores, upstream } = flight
        flight.leads = true
        if (stores) current.set(key, flight)
        const call = upstream.showBackup(request)
        const result = yield* Effect.result(
          Effect.andThen(quotas.takeFromProject(request.project_id), queueOf(upstream.region).enter(caller_id, call))
        )
        const at = yield* Clock.currentTimeMillis
        const chance = yield* Random.next
        const isCurrent = !stores || current.get(key) === flight
        if (Result.isFailure(result)) {
          if (isCurrent) yield* learn(flight, result.failure, at, chance)
          return { outcome: Result.fail(result.failure), stored: false }
        }
        const entry = yield* present(key, result.success, at, chance)
        const stored = stores && current.get(key) === flight && entry.lifetime.usableUntil > at
        if (stored) yield* changed(() => store.put(key, entry))
        return { outcome: Result.succeed(entry), stored }
      },
      (effect, flight) =>
        Effect.ensuring(
          Effect.provideService(effect, Digest.Digest, digest),
          Effect.sync(() => {
            if (current.get(flight.key) === flight) current.delete(flight.key)
          })
        )
    )

    const flights = yield* RcMap.make({ lookup: (flight: Flight) => fly(flight) })

    const flightOf = ({ caller_id, directives, request, upstream }: Ask): Flight =>
      new Flight({
        key: keyOf(upstream, request),
        upstream,
        request: { ...request, backup_id: request.backup_id.toLowerCase() },
        caller_id,
        stores: !directives.noStore
      })

    /** Waits for the call of this wish, or of an equal one, for so many milliseconds. */
    const join = (flight: Flight, patience: number) =>
      Effect.scoped(RcMap.get(flights, flight)).pipe(
        Effect.timeoutOrElse({
          duration: Duration.millis(patience),
          orElse: () => Effect.succeed({ outcome: Result.fail(outOfTime(patience)), stored: false })
        })
      )

    const revalidate = (ask: Ask, entry: Present): Effect.Effect<void> => {
      if (entry.attempts.revalidating) return Effect.void
      entry.attempts.revalidating = true
      return Effect.flatMap(TimeLimits, ({ unlessGiven }) => join(flightOf(ask), unlessGiven)).pipe(
        Effect.ensuring(Effect.sync(() => void (entry.attempts.revalidating = false))),
        Effect.forkIn(scope),
        Effect.asVoid
      )
    }

    const fetch = Effect.fnUntraced(function* (
      ask: Ask,
      decision: Extract<CacheDecision, { _tag: "Fetch" }>,
      now: number
    ): Effect.fn.Return<Shown> {
      const left = ask.deadline - now
      if (left < shortestAttempt) {
        return { outcome: Result.fail(noTime), status: { hit: false, detail: "no-time" }, at: now }
      }
      const flight = flightOf(ask)
      const { outcome, stored } = yield* join(flight, left)
      const at = yield* Clock.currentTimeMillis
      if (Result.isFailure(outcome) && decision.mayFallBack && meaningOf(outcome.failure) === "ill") {
        // What is there now: the entry of before may have been purged meanwhile.
        const entry = store.get(flight.key)
        if (mayServeOnError(entry, at)) return served(entry, "stale-if-error", at)
      }
      return {
        outcome,
        at,
        status: {
          hit: false,
          fwd: decision.because,
          ...statusCode(outcome),
          stored,
          collapsed: !flight.leads,
          ...(ask.directives.noStore ? { detail: "no-store" } : {})
        }
      }
    })

    const answer = Effect.fnUntraced(function* (ask: Ask): Effect.fn.Return<Shown> {
      const now = yield* Clock.currentTimeMillis
      const entry = store.get(keyOf(ask.upstream, ask.request))
      const decision = decide(entry, ask.directives, ask.mayBypass, now, yield* CacheRules)
      switch (decision._tag) {
        case "Fetch":
          return yield* fetch(ask, decision, now)
        case "NotCached":
          return { outcome: Result.fail(notCached), status: { hit: false, detail: "only-if-cached" }, at: now }
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

    const purge = (upstream: Upstream, request: ShowBackupRequest) =>
      Effect.suspend(() => {
        const key = keyOf(upstream, request)
        const flight = new Flight({ key, upstream, request, caller_id: "", stores: true })
        current.delete(key)
        return Effect.andThen(
          changed(() => store.forget(key)),
          RcMap.invalidate(flights, flight)
        )
      })

    return CachedBackups.of({ show, purge, store })
  }
)

const isShowBackupRequest = Schema.is(ShowBackupRequestSchema)

/** The client says what is wrong with an id, and sends nothing. */
const refusedByClient = Effect.fnUntraced(function* (ask: Ask): Effect.fn.Return<Shown> {
  const error = yield* Effect.orDie(Effect.flip(ask.upstream.showBackup(ask.request)))
  return { outcome: Result.fail(error), status: { hit: false }, at: yield* Clock.currentTimeMillis }
})

const served = (entry: CacheEntry, detail: string | undefined, now: number): Shown => ({
  outcome: entry._tag === "Present" ? Result.succeed(entry) : Result.fail(entry.error),
  status: {
    hit: true,
    ttl: Math.floor((entry.lifetime.freshUntil - now) / 1_000),
    ...(detail === undefined ? {} : { detail })
  },
  at: now
})

const statusCode = (outcome: Shown["outcome"]): { readonly fwdStatus?: number } => {
  if (Result.isSuccess(outcome)) return { fwdStatus: 200 }
  const { failure } = outcome
  return failure._tag === "Refusal" || failure.status_code === undefined ? {} : { fwdStatus: failure.status_code }
}

/** How long the cloud is left alone about a backup after it failed, in milliseconds: a second, or as it says, within reason. */
const holdFor = (error: ShowFailed): number =>
  Math.min(Math.max(error._tag === "Refusal" ? 1 : (error.retry_after ?? 1), 1), 30) * 1_000

const outOfTime = (patience: number) =>
  new TimedOut({ message: `the cloud gave no answer within the caller's ${patience} ms`, limit: "deadline" })

const noTime = new TimedOut({
  message: `the caller leaves less than the ${shortestAttempt} ms that a call to the cloud takes`,
  limit: "deadline",
  attempts: 0
})

const notCached = new Refusal({
  reason: "NotCached",
  message: "no answer that fits the request's Cache-Control is cached"
})
