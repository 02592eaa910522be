import type { ShowBackupRequest } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { BackupCache } from "../cache/BackupCache.ts"
import { noDirectives } from "../cache/CacheControl.ts"
import type { CacheEntry } from "../cache/CacheEntry.ts"
import { keyOf } from "../cache/CacheKey.ts"
import { outcomeOf, type CacheResult } from "../cache/CacheResult.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { LiveRules } from "../policy/LiveRules.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import { makeLatestValue, type LatestValue } from "./LatestValue.ts"
import { counted, pollers } from "./LiveMetrics.ts"
import { maxAgeOf, nextPollDelay } from "./PollInterval.ts"
import { nextWatchState, type WatchState, initialWatchState } from "./WatchState.ts"

/** A backup that is watched; equal for all subscribers of the same backup from the same upstream. */
class WatchedBackup implements Equal.Equal {
  readonly request: ShowBackupRequest
  /** By what the cache finds it, which says where it comes from. */
  readonly key: string
  /** The caller in whose turn the cloud is asked: the first subscriber. */
  readonly caller_id: string

  constructor(request: ShowBackupRequest, key: string, caller_id: string) {
    this.request = request
    this.key = key
    this.caller_id = caller_id
  }

  [Equal.symbol](that: unknown): boolean {
    return that instanceof WatchedBackup && that.key === this.key
  }

  [Hash.symbol](): number {
    return Hash.string(this.key)
  }
}

/**
 * Pollers of the backups that are watched: one for each backup, however many subscribers
 * it has, from when the first subscribes until the last has left. Like `BackupCache`,
 * it knows nothing of rights.
 *
 * A look asks the cache for an answer that is younger than the interval. So it
 * renews the cache for everybody, and knows at once what others renew; and where replicas share a cache, whichever
 * looks first asks the cloud, the others find its answer, and no leader needs to
 * be elected.
 */
export class PollerRegistry extends Context.Service<
  PollerRegistry,
  {
    /**
     * How the backup stands, kept up as long as the scope lasts; at first `unseen`, and never older than what the cache
     * has shown to any caller. A watch belongs to the upstream that the backup has at the moment.
     */
    readonly of: (
      request: ShowBackupRequest,
      caller_id: string
    ) => Effect.Effect<LatestValue<WatchState>, never, Scope.Scope>
    /** Tells apart the upstreams that a backup may have: another after a reload means that it is watched elsewhere. */
    readonly placeOf: (request: ShowBackupRequest) => string
  }
>()("@cbr/proxy/PollerRegistry") {
  static readonly layer: Layer.Layer<PollerRegistry, never, BackupCache | SnapshotRegistry | Upstreams> = Layer.effect(
    PollerRegistry,
    Effect.gen(function* () {
      const backups = yield* BackupCache
      const snapshots = yield* SnapshotRegistry
      const upstreams = yield* Upstreams
      /** By cache key: takes in what another caller or poller has fetched. */
      const watching = new Map<string, (entry: CacheEntry) => void>()
      backups.store.onPut((key, entry) => watching.get(key)?.(entry))
      const keyNow = (request: ShowBackupRequest): string => {
        const upstream = upstreams.of(request.project_id)
        return upstream === undefined ? `${request.project_id} is not served` : keyOf(upstream, request)
      }
      // A poller outlives the request that began it, so it has nothing of that request's context.
      const own = yield* Effect.context<never>()

      const look = Effect.fnUntraced(function* ({ caller_id, request }: WatchedBackup, state: WatchState) {
        const now = yield* Clock.currentTimeMillis
        const { deadline_ms } = yield* LimitsPolicy
        const upstream = upstreams.of(request.project_id)
        if (upstream === undefined) return { outcome: Result.fail(notServed), at: now }
        const directives = { ...noDirectives, maxAge: maxAgeOf(state, yield* LiveRules) }
        return yield* backups
          .show({ request, upstream, caller_id, directives, mayBypass: "unlimited", deadline: now + deadline_ms })
          .pipe(
            Effect.catchDefect((defect) =>
              Effect.as(Effect.logError("a defect of the proxy", Cause.die(defect)), {
                outcome: Result.fail(internalError),
                at: now
              })
            )
          )
      })

      const registry = yield* RcMap.make({
        lookup: Effect.fnUntraced(function* (watched: WatchedBackup) {
          const { key } = watched
          const newest = makeLatestValue(initialWatchState)
          const hasMoved = () => keyNow(watched.request) !== key
          /** When the service gave what is known. */
          let latest = Number.NEGATIVE_INFINITY
          let wake = () => {}
          const learn = (outcome: CacheResult["outcome"], at: number) => {
            // Of a failure nothing is known but that it came: it changes nothing of what was told.
            const isAnswer = Result.isSuccess(outcome) || outcome.failure._tag === "BackupNotFound"
            if (isAnswer && at < latest) return
            if (isAnswer) latest = at
            newest.put(nextWatchState(newest.current(), outcome))
          }
          watching.set(key, (entry) => {
            learn(outcomeOf(entry), entry.at)
            wake()
          })
          yield* Effect.addFinalizer(() => Effect.sync(() => watching.delete(key)))

          /** Looks once, and tells how long to wait before the next look. */
          const round = Effect.gen(function* () {
            const { at, outcome } = yield* look(watched, newest.current())
            // Another look, or another upstream, may have been quicker.
            if (!hasMoved()) learn(outcome, Result.isSuccess(outcome) ? outcome.success.at : at)
            const age = Duration.millis(Result.isSuccess(outcome) ? Math.max(0, at - outcome.success.at) : 0)
            return nextPollDelay(newest.current(), age, yield* Random.next, yield* LiveRules)
          })
          /** Ends when another caller or poller has fetched the backup. */
          const othersLook = Effect.callback<void>((resume) => {
            wake = () => resume(Effect.void)
            return Effect.sync(() => void (wake = () => {}))
          })
          const poll: Effect.Effect<never> = snapshots.current.pipe(
            Effect.flatMap(({ rules }) =>
              Effect.updateContext(round, (context: Context.Context<never>) => Context.merge(context, rules))
            ),
            Effect.flatMap((wait) => Effect.raceFirst(Effect.sleep(wait), othersLook)),
            Effect.forever
          )
          yield* counted(pollers)
          yield* Effect.forkScoped(Effect.updateContext(poll, (_: Context.Context<never>) => own))
          return newest
        })
      })
      return PollerRegistry.of({
        placeOf: keyNow,
        of: ({ backup_id, project_id }, caller_id) =>
          Effect.suspend(() => {
            const request = { project_id, backup_id: backup_id.toLowerCase() }
            return RcMap.get(registry, new WatchedBackup(request, keyNow(request), caller_id))
          })
      })
    })
  )
}

const notServed = new ProxyError({ reason: "Forbidden", message: "the proxy no longer serves this project" })
const internalError = new ProxyError({
  reason: "InternalError",
  message: "the proxy failed while it polled this backup"
})
