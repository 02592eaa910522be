import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Present } from "../cache/CacheEntry.ts"
import type { FetchError } from "../cache/CacheResult.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import type { LimitsPolicy } from "../policy/LimitsPolicy.ts"
import type { LivePolicy } from "../policy/LivePolicy.ts"
import type { LatestValue } from "./LatestValue.ts"
import { longPolls } from "./LiveMetrics.ts"
import type { Subscription } from "./Subscriptions.ts"
import { untilReady } from "./untilReady.ts"
import { isTransient, type WatchState } from "./WatchState.ts"

/**
 * The time for which the caller prefers to wait for a change: `Prefer: wait=30`, in whole seconds, of several the first.
 * It is at most the maximum of the rules, the longest deadline of a request, and `X-Cbr-Timeout-Ms`.
 *
 * @source RFC 7240, section 4.3
 */
export const preferredWait = (
  head: RequestHead,
  { longest_deadline_ms }: Pick<LimitsPolicy, "longest_deadline_ms">,
  { longest_wait_seconds }: Pick<LivePolicy, "longest_wait_seconds">
): Duration.Duration | undefined => {
  const seconds = wait.exec(valuesOf(head, "prefer").join(","))?.[1]
  if (seconds === undefined || Number(seconds) === 0) return undefined
  const own = Number(valuesOf(head, "x-cbr-timeout-ms")[0] ?? Infinity)
  return Duration.millis(Math.min(Number(seconds) * 1_000, own, longest_deadline_ms, longest_wait_seconds * 1_000))
}

const wait = /(?:^|,)[ \t]*wait[ \t]*=[ \t]*"?(\d{1,9})"?[ \t]*(?=[,;]|$)/i

/** A wait for a change. */
export interface LongPollOptions {
  readonly latest: LatestValue<WatchState>
  /** The entry that the caller has. */
  readonly had: Present
  readonly wait: Duration.Duration
  readonly subscription: Subscription
}

/**
 * The backup when it is another than the caller has; the one that it has when
 * time is up or the proxy leaves. Fails when the backup is gone, when looking
 * again cannot help, or when the state of the backup is unknown as the wait ends.
 */
export const longPoll = Effect.fnUntraced(function* ({
  had,
  latest,
  subscription,
  wait
}: LongPollOptions): Effect.fn.Return<Present, FetchError> {
  const ready = (): Effect.Effect<Present | undefined, FetchError> | undefined => {
    const { observation, failure } = latest.current()
    if (failure !== undefined && !isTransient(failure.error)) return Effect.fail(failure.error)
    if (observation?._tag === "Gone") return Effect.fail(observation.error)
    // The poller's entry may be older than the one that the caller was just shown.
    const isNewer = observation !== undefined && observation.entry.at >= had.at
    if (isNewer && observation.entry.identity.etag !== had.identity.etag) return Effect.succeed(observation.entry)
    const end = subscription.end()
    return end === undefined ? undefined : typeof end === "string" ? Effect.succeed(undefined) : Effect.fail(end)
  }
  const changed = yield* untilReady(ready, latest.listen, subscription.onWake).pipe(
    Effect.timeoutOrElse({ duration: wait, orElse: () => Effect.succeed(undefined) }),
    Effect.tapError(() => Metric.update(longPolls.failed, 1))
  )
  yield* Metric.update(longPolls[changed === undefined ? "unchanged" : "changed"], 1)
  const { observation, failure } = latest.current()
  if (changed !== undefined) return changed
  if (failure !== undefined) return yield* Effect.fail(failure.error)
  return observation?._tag === "Seen" && observation.entry.at >= had.at ? observation.entry : had
})
