import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import type { ResiliencePolicy } from "./ResiliencePolicy.ts"

/** The fault of a time limit, if any: it must be longer than nothing, and may be infinite. */
export const validateTime = (name: string, limit: Duration.Input): InvalidRequest | undefined => {
  // `Duration` takes NaN for zero.
  const duration = Duration.fromInput(limit)
  return Option.isSome(duration) && Duration.isPositive(duration.value)
    ? undefined
    : invalid({ code: "not-a-time", option: name })
}

/** The fault of a time limit in milliseconds, if any. */
export const validateMilliseconds = (name: string, limit: number): InvalidRequest | undefined =>
  typeof limit === "number" && limit > 0 ? undefined : invalid({ code: "not-milliseconds", option: name })

/** The fault of a count, if any: it must be whole, or `Infinity` for no limit. */
export const validateCount = (name: string, count: number, least: 0 | 1): InvalidRequest | undefined =>
  (Number.isSafeInteger(count) || count === Number.POSITIVE_INFINITY) && count >= least
    ? undefined
    : invalid({ code: "not-a-count", option: name, least })

/** The fault of an amount, if any: it must be finite, and may be 0 or a fraction. */
const validateAmount = (name: string, amount: number): InvalidRequest | undefined =>
  Number.isFinite(amount) && amount >= 0 ? undefined : invalid({ code: "not-an-amount", option: name })

/** The fault of a policy's numbers, if any. */
export const validatePolicy = (policy: ResiliencePolicy): InvalidRequest | undefined => {
  const { circuit, rateLimit, retryBudget } = policy
  return (
    validateTime("callTimeout", policy.callTimeout) ??
    validateTime("attemptTimeout", policy.attemptTimeout) ??
    validateCount("retries", policy.retries, 0) ??
    validateTime("backoff", policy.backoff) ??
    (Duration.isNegative(policy.longestRetryAfter)
      ? invalid({ code: "negative-time", option: "longestRetryAfter" })
      : undefined) ??
    validateCount("concurrency", policy.concurrency, 1) ??
    validateCount("largestBody", policy.largestBody, 1) ??
    (retryBudget && validateAmount("retryBudget.ratio", retryBudget.ratio)) ??
    (retryBudget && validateAmount("retryBudget.reserve", retryBudget.reserve)) ??
    (rateLimit && validateCount("rateLimit.requests", rateLimit.requests, 1)) ??
    (rateLimit && validateTime("rateLimit.window", rateLimit.window)) ??
    (circuit && validateCount("circuit.failures", circuit.failures, 1)) ??
    (circuit && validateTime("circuit.openFor", circuit.openFor))
  )
}

const invalid = (detail: FailureDetail): InvalidRequest => new InvalidRequest({ detail, attempts: 0 })
