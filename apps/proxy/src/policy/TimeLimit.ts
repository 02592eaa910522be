import * as Effect from "effect/Effect"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { Refusal } from "../problems/Refusal.ts"
import { LimitsPolicy } from "./LimitsPolicy.ts"

/** With less time than this left, in milliseconds, a call to the cloud is not begun. */
export const shortestAttempt = 50

/**
 * How long the caller waits, in milliseconds: `X-Cbr-Timeout-Ms`, else what
 * Envoy says of the time it allows, within the limits in force.
 */
export const timeLimitOf = (head: RequestHead): Effect.Effect<number, Refusal> =>
  Effect.flatMap(LimitsPolicy, ({ deadline_ms, longest_deadline_ms }) => {
    const own = valuesOf(head, "x-cbr-timeout-ms")
    if (own.length > 1 || (own[0] !== undefined && !wholeNumber.test(own[0]))) return Effect.fail(malformed)
    const envoy = valuesOf(head, "x-envoy-expected-rq-timeout-ms")[0]
    const given = own[0] ?? (envoy !== undefined && wholeNumber.test(envoy) ? envoy : undefined)
    return Effect.succeed(given === undefined ? deadline_ms : Math.min(Number(given), longest_deadline_ms))
  })

const wholeNumber = /^\d{1,9}$/

const malformed = new Refusal({
  reason: "BadRequest",
  message: "X-Cbr-Timeout-Ms is not one whole number of milliseconds"
})
