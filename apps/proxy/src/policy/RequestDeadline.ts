import * as Exit from "effect/Exit"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { LimitsPolicy } from "./LimitsPolicy.ts"

/** With less time than this left, in milliseconds, a call to the cloud is not begun. */
export const minCallTime = 50

/**
 * The deadline of a request, in milliseconds: `X-Cbr-Timeout-Ms`, else the
 * time that Envoy allows, within the limits in force.
 */
export const deadlineOf = (
  head: RequestHead,
  { deadline_ms, longest_deadline_ms }: Pick<LimitsPolicy, "deadline_ms" | "longest_deadline_ms">
): Exit.Exit<number, ProxyError> => {
  const own = valuesOf(head, "x-cbr-timeout-ms")
  if (own.length > 1 || (own[0] !== undefined && !wholeNumber.test(own[0]))) return malformed
  const envoy = valuesOf(head, "x-envoy-expected-rq-timeout-ms")[0]
  const given = own[0] ?? (envoy !== undefined && wholeNumber.test(envoy) ? envoy : undefined)
  return Exit.succeed(given === undefined ? deadline_ms : Math.min(Number(given), longest_deadline_ms))
}

const wholeNumber = /^\d{1,9}$/

const malformed = Exit.fail(
  new ProxyError({ reason: "BadRequest", message: "X-Cbr-Timeout-Ms is not one whole number of milliseconds" })
)
