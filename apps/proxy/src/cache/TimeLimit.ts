import * as Effect from "effect/Effect"
import { Refusal } from "../edge/Refusal.ts"
import { type RequestHead, valuesOf } from "../edge/RequestHead.ts"

/** How long a caller waits who does not say, in milliseconds. */
export const defaultTimeLimit = 10_000

/** The longest wait that is granted, in milliseconds. */
export const longestTimeLimit = 60_000

/** With less time than this left, in milliseconds, a call to the cloud is not begun. */
export const shortestAttempt = 50

/**
 * How long the caller waits, in milliseconds: `X-Cbr-Timeout-Ms`, else what
 * Envoy says of the time it allows, else 10 s; never more than 60 s.
 */
export const timeLimitOf = (head: RequestHead): Effect.Effect<number, Refusal> => {
  const own = valuesOf(head, "x-cbr-timeout-ms")
  if (own.length > 1 || (own[0] !== undefined && !wholeNumber.test(own[0]))) return Effect.fail(malformed)
  const envoy = valuesOf(head, "x-envoy-expected-rq-timeout-ms")[0]
  const given = own[0] ?? (envoy !== undefined && wholeNumber.test(envoy) ? envoy : undefined)
  return Effect.succeed(given === undefined ? defaultTimeLimit : Math.min(Number(given), longestTimeLimit))
}

const wholeNumber = /^\d{1,9}$/

const malformed = new Refusal({
  reason: "BadRequest",
  message: "X-Cbr-Timeout-Ms is not one whole number of milliseconds"
})
