import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { FailureDetail } from "./errors/FailureDetails.ts"
import type { ResiliencePolicy } from "./ResiliencePolicy.ts"
import { InvalidRequest } from "./ShowBackupError.ts"

/** What is wrong with a time limit, if anything: it is longer than nothing, and may be without end. */
export const faultOfTime = (name: string, limit: Duration.Input): InvalidRequest | undefined => {
  // `Duration` takes a number that is none for zero.
  const duration = Duration.fromInput(limit)
  return Option.isSome(duration) && Duration.isPositive(duration.value)
    ? undefined
    : refused({ code: "not-a-time", option: name })
}

/** What is wrong with a number of milliseconds that limits a time, if anything. */
export const faultOfMilliseconds = (name: string, limit: number): InvalidRequest | undefined =>
  typeof limit === "number" && limit > 0 ? undefined : refused({ code: "not-milliseconds", option: name })

/** What is wrong with a number of things, if anything: it is whole, or `Infinity` for any number. */
export const faultOfCount = (name: string, count: number, least: 0 | 1): InvalidRequest | undefined =>
  (Number.isSafeInteger(count) || count === Number.POSITIVE_INFINITY) && count >= least
    ? undefined
    : refused({ code: "not-a-count", option: name, least })

/** What is wrong with an amount, if anything: it is finite, and may be nothing or a part of one. */
const faultOfAmount = (name: string, amount: number): InvalidRequest | undefined =>
  Number.isFinite(amount) && amount >= 0 ? undefined : refused({ code: "not-an-amount", option: name })

/** What is wrong with the numbers of a policy, if anything. */
export const faultOfPolicy = ({
  attemptTimeout,
  backoff,
  callTimeout,
  circuit,
  concurrency,
  largestBody,
  longestRetryAfter,
  rateLimit,
  retries,
  retryBudget
}: ResiliencePolicy): InvalidRequest | undefined =>
  faultOfTime("callTimeout", callTimeout) ??
  faultOfTime("attemptTimeout", attemptTimeout) ??
  faultOfCount("retries", retries, 0) ??
  faultOfTime("backoff", backoff) ??
  (Duration.isNegative(longestRetryAfter)
    ? refused({ code: "negative-time", option: "longestRetryAfter" })
    : undefined) ??
  faultOfCount("concurrency", concurrency, 1) ??
  faultOfCount("largestBody", largestBody, 1) ??
  (retryBudget &&
    (faultOfAmount("retryBudget.ratio", retryBudget.ratio) ??
      faultOfAmount("retryBudget.reserve", retryBudget.reserve))) ??
  (rateLimit &&
    (faultOfCount("rateLimit.requests", rateLimit.requests, 1) ?? faultOfTime("rateLimit.window", rateLimit.window))) ??
  (circuit &&
    (faultOfCount("circuit.failures", circuit.failures, 1) ?? faultOfTime("circuit.openFor", circuit.openFor)))

const refused = (detail: FailureDetail): InvalidRequest => new InvalidRequest({ detail, attempts: 0 })
