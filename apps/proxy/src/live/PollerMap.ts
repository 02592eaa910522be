import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Metric from "effect/Metric"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { BackupCache } from "../cache/BackupCache.ts"
import { type CacheControl, noDirectives } from "../cache/CacheControl.ts"
import type { CacheEntry } from "../cache/CacheEntry.ts"
import type { CachedRequest } from "../cache/CacheKey.ts"
import type { CacheResult } from "../cache/CacheResult.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { logDefect } from "../problems/Defect.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import { Keyed } from "../upstream/KeyedResources.ts"
import { type Upstream, Upstreams } from "../upstream/Upstreams.ts"
import { counted } from "./LiveMetrics.ts"

/** Asks the cache in the turn of the poller's first subscriber; a defect of the proxy is an outcome like any other. */
export type PollerRead<R extends CachedRequest> = (
  request: R,
  directives: Partial<CacheControl>
) => Effect.Effect<Pick<CacheResult, "outcome" | "at">>

/** A poller of one subject at one upstream. */
export interface Poller<A> {
  /** The poller's knowledge, for its subscribers. */
  readonly known: A
  /** Does all that is due, by the rules in force, and returns the time to wait before the next round. */
  readonly round: Effect.Effect<Duration.Duration>
  /** Ends a wait early. */
  readonly woken?: Effect.Effect<unknown>
  /** Takes in an answer that another caller or poller has fetched. */
  readonly learn: (key: string, entry: CacheEntry) => void
}

/** The subjects of a map of pollers, and the function that makes a poller. */
export interface PollerMapOptions<Subject extends { readonly project_id: string }, R extends CachedRequest, A> {
  /** Shows the number of pollers. */
  readonly gauge: Metric.Gauge<number>
  /** Time that a poller outlives its last subscriber. */
  readonly idleTimeToLive?: Duration.Duration
  /** Identifies a subject at an upstream. After a reload with another upstream, the subject has another poller. */
  readonly placeAt: (upstream: Upstream, subject: Subject) => string
  /** The place whose pollers learn from the cache entry of this key. */
  readonly placeOfKey: (key: string) => string
  readonly make: (subject: Subject, read: PollerRead<R>, place: string) => Effect.Effect<Poller<A>, never, Scope.Scope>
}

/** A subject, and the caller in whose turn the cloud is asked: the first subscriber. */
interface Watch<Subject> {
  readonly subject: Subject
  readonly caller_id: string
}

/** Wait after a defect of a poller. */
const afterDefect = Duration.seconds(30)

/** Interval at which a poller checks whether its subject has returned to its upstream, as by a reload that is taken back. */
const untilReturn = Duration.seconds(1)

/**
 * One poller for each watched subject, for any number of subscribers. Like `BackupCache`, it does not check rights.
 *
 * A poller asks the cache for an answer that is younger than its interval. So it renews the cache for all callers, and
 * finds the answers that others have fetched. Where replicas share a cache, the first to look asks the cloud, and the
 * others find its answer; they need no leader.
 */
export const makePollerMap = Effect.fnUntraced(function* <
  Subject extends { readonly project_id: string },
  R extends CachedRequest,
  A
>({ gauge, idleTimeToLive = Duration.zero, make, placeAt, placeOfKey }: PollerMapOptions<Subject, R, A>) {
  const snapshots = yield* ActiveConfiguration
  const backups = yield* BackupCache
  const upstreams = yield* Upstreams
  // A poller outlives the request that began it, so it has nothing of that request's context.
  const own = yield* Effect.context<never>()
  const learners = new Map<string, Set<Poller<A>["learn"]>>()
  backups.store.onPut((key, entry) => learners.get(placeOfKey(key))?.forEach((learn) => learn(key, entry)))

  const placeOf = (subject: Subject): string => {
    const upstream = upstreams.of(subject.project_id)
    return upstream === undefined ? `${subject.project_id} is not served` : placeAt(upstream, subject)
  }
  const readerOf =
    ({ caller_id, subject }: Watch<Subject>, place: string): PollerRead<R> =>
    (request, directives) =>
      Effect.gen(function* () {
        // Subscribers of a subject that has moved open their streams anew, at its new upstream.
        while (placeOf(subject) !== place) yield* Effect.sleep(untilReturn)
        const upstream = upstreams.of(subject.project_id)
        const at = yield* Clock.currentTimeMillis
        const { deadline_ms } = yield* LimitsPolicy
        if (upstream === undefined) return { outcome: Result.fail(notServed), at }
        return yield* Effect.catchDefect(
          backups.show({
            request,
            upstream,
            caller_id,
            directives: { ...noDirectives, ...directives },
            mayBypass: "unlimited",
            deadline: at + deadline_ms,
            limit: deadline_ms
          }),
          (defect) => Effect.as(logDefect(defect), { outcome: Result.fail(internalError), at })
        )
      })

  const pollers = yield* RcMap.make({
    idleTimeToLive,
    lookup: Effect.fnUntraced(function* ({ key: place, value: watch }: Keyed<Watch<Subject>>) {
      const { known, learn, round, woken = Effect.never } = yield* make(watch.subject, readerOf(watch, place), place)
      const here = learners.get(place) ?? new Set()
      learners.set(place, here.add(learn))
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          here.delete(learn)
          if (here.size === 0) learners.delete(place)
        })
      )
      yield* counted(gauge)
      const poll = Effect.gen(function* () {
        const { rules } = yield* snapshots.current
        const wait = yield* Effect.catchDefect(
          Effect.updateContext(round, (context: Context.Context<never>) => Context.merge(context, rules)),
          (defect) => Effect.as(logDefect(defect), afterDefect)
        )
        return yield* Effect.raceFirst(Effect.sleep(wait), woken)
      })
      yield* Effect.forkScoped(Effect.updateContext(Effect.forever(poll), (_: Context.Context<never>) => own))
      return known
    })
  })
  return {
    placeOf,
    /** The poller's knowledge of a subject at its current upstream; the poller goes on as long as the scope lasts. */
    of: (subject: Subject, caller_id: string): Effect.Effect<A, never, Scope.Scope> =>
      Effect.suspend(() => RcMap.get(pollers, new Keyed(placeOf(subject), { subject, caller_id })))
  }
})

const notServed = new ProxyError({ reason: "Forbidden", message: "the proxy no longer serves this project" })
const internalError = new ProxyError({
  reason: "InternalError",
  message: "the proxy failed while it polled this resource"
})
