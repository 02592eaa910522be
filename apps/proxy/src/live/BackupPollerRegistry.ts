import type { ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import { keyOf } from "../cache/CacheKey.ts"
import { outcomeOf, type CacheResult } from "../cache/CacheResult.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { makeLatestValue } from "./LatestValue.ts"
import { pollers } from "./LiveMetrics.ts"
import { makePollerMap, type PollerRead } from "./PollerMap.ts"
import { maxAgeOf, nextPollDelay } from "./PollInterval.ts"
import { nextWatchState, initialWatchState } from "./WatchState.ts"

/**
 * Pollers of the backups that are watched, each from its first subscriber to its last. The state of a backup is at first
 * `initialWatchState`, and never older than an answer of the cache to any caller.
 */
export class BackupPollerRegistry extends Context.Service<BackupPollerRegistry>()("@cbr/proxy/BackupPollerRegistry", {
  make: Effect.map(
    makePollerMap({
      gauge: pollers,
      placeAt: keyOf,
      placeOfKey: (key) => key,
      make: (subject: ShowBackupRequest, read: PollerRead<ShowBackupRequest>) =>
        Effect.sync(() => {
          const newest = makeLatestValue(initialWatchState)
          /** Time at which the service gave the newest answer. */
          let latest = Number.NEGATIVE_INFINITY
          const learn = (outcome: CacheResult["outcome"], at: number) => {
            // A failure tells nothing of the backup, so it is never older than an answer.
            const isAnswer = Result.isSuccess(outcome) || outcome.failure._tag === "BackupNotFound"
            if (isAnswer && at < latest) return
            if (isAnswer) latest = at
            newest.put(nextWatchState(newest.current(), outcome))
          }
          const round = Effect.gen(function* () {
            const rules = yield* LivePolicy
            const { at, outcome } = yield* read(subject, { maxAge: maxAgeOf(newest.current(), rules) })
            const answeredAt = Result.isSuccess(outcome) ? outcome.success.at : at
            learn(outcome, answeredAt)
            const age = Duration.millis(Math.max(0, at - answeredAt))
            return nextPollDelay(newest.current(), age, yield* Random.next, rules)
          })
          return {
            known: newest,
            round,
            // Its new state may have another interval.
            woken: Effect.suspend(() => newest.changedFrom(newest.current())),
            learn: (_key, entry) => learn(outcomeOf(entry), entry.at)
          }
        })
    }),
    ({ of, placeOf }) => ({
      placeOf,
      of: ({ backup_id, project_id }: ShowBackupRequest, caller_id: string) =>
        of({ project_id, backup_id: backup_id.toLowerCase() }, caller_id)
    })
  )
}) {
  static readonly layer = Layer.effect(this, this.make)
}
