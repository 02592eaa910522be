import * as Duration from "effect/Duration"
import type { LivePolicy } from "../policy/LivePolicy.ts"
import { type WatchState, type WatchFailure } from "./WatchState.ts"

/** The longest `Retry-After` that is waited for in full. */
const longestRetryAfter = Duration.minutes(15)

/** The interval between two looks that succeed. */
export const pollIntervalOf = (
  { observation }: WatchState,
  { poll_at_rest_seconds, poll_moving_seconds }: LivePolicy
): Duration.Duration =>
  Duration.seconds(observation?._tag === "Seen" && observation.atRest ? poll_at_rest_seconds : poll_moving_seconds)

/**
 * The age, in seconds, from which an answer is too old for a look. It is a
 * little less than the interval: a poller that looks a little later than another
 * finds the other's answer, and looks again when that has become old.
 */
export const maxAgeOf = (state: WatchState, rules: LivePolicy): number =>
  Duration.toSeconds(pollIntervalOf(state, rules)) * 0.9

/**
 * The wait until the next look: an interval after the service's answer, whichever caller asked for it.
 *
 * @param age of the newest answer
 * @param chance 0 to 1: how late within a twentieth of the wait, so that replicas do not all ask at once
 */
export const nextPollDelay = (
  state: WatchState,
  age: Duration.Duration,
  chance: number,
  rules: LivePolicy
): Duration.Duration =>
  state.failure === undefined
    ? jittered(untilOld(pollIntervalOf(state, rules), age), chance)
    : retryDelay(state.failure, chance, rules)

/**
 * The wait after a failure: it doubles each time, from the interval of what moves to that of what is at rest, and is no
 * shorter than `Retry-After`.
 */
export const retryDelay = (failure: WatchFailure, chance: number, rules: LivePolicy): Duration.Duration =>
  jittered(Duration.max(growing(failure, rules), retryAfterOf(failure)), chance)

const jittered = (wait: Duration.Duration, chance: number) => Duration.times(wait, 1 + chance / 20)

const untilOld = (interval: Duration.Duration, age: Duration.Duration): Duration.Duration =>
  Duration.clamp(Duration.subtract(interval, age), { minimum: Duration.times(interval, 0.1), maximum: interval })

const growing = (
  { inARow }: WatchFailure,
  { poll_at_rest_seconds: atRest, poll_moving_seconds: moving }: LivePolicy
): Duration.Duration => Duration.seconds(Math.min(moving * 2 ** Math.min(inARow - 1, 10), Math.max(moving, atRest)))

const retryAfterOf = ({ error }: WatchFailure): Duration.Duration => {
  const seconds = error._tag === "ProxyError" ? Number(error.headers?.["retry-after"] ?? 0) : (error.retry_after ?? 0)
  return Duration.min(Duration.seconds(seconds), longestRetryAfter)
}
