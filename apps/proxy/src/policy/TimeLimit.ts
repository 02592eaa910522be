import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { Refusal } from "../problems/Refusal.ts"

/** How long callers may wait, in milliseconds. */
export interface TimeLimits {
  /** For one who does not say. */
  readonly unlessGiven: number
  /** At most, whatever one says. */
  readonly longest: number
}

/** The limits in force for a request: 10 s and 60 s unless others are provided. */
export const TimeLimits = Context.Reference<TimeLimits>("@cbr/proxy/TimeLimits", {
  defaultValue: () => ({ unlessGiven: 10_000, longest: 60_000 })
})

/** With less time than this left, in milliseconds, a call to the cloud is not begun. */
export const shortestAttempt = 50

/**
 * How long the caller waits, in milliseconds: `X-Cbr-Timeout-Ms`, else what
 * Envoy says of the time it allows, within {@link TimeLimits}.
 */
export const timeLimitOf = (head: RequestHead): Effect.Effect<number, Refusal> =>
  Effect.flatMap(TimeLimits, ({ longest, unlessGiven }) => {
    const own = valuesOf(head, "x-cbr-timeout-ms")
    if (own.length > 1 || (own[0] !== undefined && !wholeNumber.test(own[0]))) return Effect.fail(malformed)
    const envoy = valuesOf(head, "x-envoy-expected-rq-timeout-ms")[0]
    const given = own[0] ?? (envoy !== undefined && wholeNumber.test(envoy) ? envoy : undefined)
    return Effect.succeed(given === undefined ? unlessGiven : Math.min(Number(given), longest))
  })

const wholeNumber = /^\d{1,9}$/

const malformed = new Refusal({
  reason: "BadRequest",
  message: "X-Cbr-Timeout-Ms is not one whole number of milliseconds"
})
