import type { ShowBackupRequest } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { BackupCache } from "../cache/BackupCache.ts"
import { noDirectives } from "../cache/CacheControl.ts"
import type { CacheEntry } from "../cache/CacheEntry.ts"
import { keyOf } from "../cache/CacheKey.ts"
import { outcomeOf, type CacheResult } from "../cache/CacheResult.ts"
import { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import { makeLatestValue } from "./LatestValue.ts"
import { pollers } from "./LiveMetrics.ts"
import { makePollers, type Watched } from "./Pollers.ts"
import { maxAgeOf, nextPollDelay } from "./PollInterval.ts"
import { nextWatchState, type WatchState, initialWatchState } from "./WatchState.ts"

/**
 * Pollers of the backups that are watched, each from when the first subscribes
 * until the last has left. How a backup stands is at first `initialWatchState`,
 * and never older than what the cache has shown to any caller.
 *
 * A look asks the cache for an answer that is younger than the interval. So it
 * renews the cache for all callers, and knows at once what others renew; and
 * where replicas share a cache, whichever looks first asks the cloud, the
 * others find its answer, and no leader needs to be elected.
 */
export class PollerRegistry extends Context.Service<PollerRegistry>()("@cbr/proxy/PollerRegistry", {
  make: Effect.gen(function* () {
    const backups = yield* BackupCache
    const upstreams = yield* Upstreams
    /** By cache key: takes in what another caller or poller has fetched. */
    const watching = new Map<string, (entry: CacheEntry) => void>()
    backups.store.onPut((key, entry) => watching.get(key)?.(entry))
    const placeOf = (request: ShowBackupRequest): string => {
      const upstream = upstreams.of(request.project_id)
      return upstream === undefined ? `${request.project_id} is not served` : keyOf(upstream, request)
    }

    const look = Effect.fnUntraced(function* ({ caller_id, subject }: Watched<ShowBackupRequest>, state: WatchState) {
      const now = yield* Clock.currentTimeMillis
      const { deadline_ms } = yield* LimitsPolicy
      const upstream = upstreams.of(subject.project_id)
      if (upstream === undefined) return { outcome: Result.fail(notServed), at: now }
      const directives = { ...noDirectives, maxAge: maxAgeOf(state, yield* LivePolicy) }
      const deadline = now + deadline_ms
      return yield* Effect.catchDefect(
        backups.show({ request: subject, upstream, caller_id, directives, mayBypass: "unlimited", deadline }),
        (defect) =>
          Effect.as(Effect.logError("a defect of the proxy", Cause.die(defect)), {
            outcome: Result.fail(internalError),
            at: now
          })
      )
    })

    const registry = yield* makePollers({
      gauge: pollers,
      placeOf,
      make: Effect.fnUntraced(function* (watched: Watched<ShowBackupRequest>) {
        const { place, subject } = watched
        const newest = makeLatestValue(initialWatchState)
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
        watching.set(place, (entry) => {
          learn(outcomeOf(entry), entry.at)
          wake()
        })
        yield* Effect.addFinalizer(() => Effect.sync(() => watching.delete(place)))
        return {
          known: newest,
          round: Effect.gen(function* () {
            const { at, outcome } = yield* look(watched, newest.current())
            // Another look, or another upstream, may have been quicker.
            if (placeOf(subject) === place) learn(outcome, Result.isSuccess(outcome) ? outcome.success.at : at)
            const age = Duration.millis(Result.isSuccess(outcome) ? Math.max(0, at - outcome.success.at) : 0)
            return nextPollDelay(newest.current(), age, yield* Random.next, yield* LivePolicy)
          }),
          /** Another caller or poller has fetched the backup. */
          woken: Effect.callback<void>((resume) => {
            wake = () => resume(Effect.void)
            return Effect.sync(() => void (wake = () => {}))
          })
        }
      })
    })
    return {
      ...registry,
      of: ({ backup_id, project_id }: ShowBackupRequest, caller_id: string) =>
        registry.of({ project_id, backup_id: backup_id.toLowerCase() }, caller_id)
    }
  })
}) {
  static readonly layer = Layer.effect(this, this.make)
}

const notServed = new ProxyError({ reason: "Forbidden", message: "the proxy no longer serves this project" })
const internalError = new ProxyError({
  reason: "InternalError",
  message: "the proxy failed while it polled this backup"
})
