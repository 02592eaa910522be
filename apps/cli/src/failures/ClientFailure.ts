import { type Answer, ErrorTable, hintOf, isRetryable, type NoCredentials, type WaitUntilError } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Messages } from "../messages/Messages.ts"
import { Failure } from "./Failure.ts"

/** The subject of a call, for its failure. */
export interface FailureContext {
  readonly what: string | ((messages: Messages) => string)
  readonly url?: string
  /** Start of the call, in epoch milliseconds. */
  readonly started?: number
}

/** Makes a failure of an error of the client. */
export const failureOf = Effect.fnUntraced(function* (error: WaitUntilError, about: FailureContext) {
  const { attempts, error_code, proxy_request_id, request_id, retry_after, status_code }: Answer = error
  const now = yield* Clock.currentTimeMillis
  return new Failure({
    kind: error._tag,
    detail: error.detail,
    render: (messages) => ({
      title: messages.pick(ErrorTable[error._tag].title),
      what: typeof about.what === "string" ? about.what : about.what(messages),
      why: why(error, messages),
      whyLines: reasonLines(error, messages),
      next: [
        advice(error, messages),
        ...(error._tag === "BackupNotFound" && error.detail.code === "answered" ? [messages.resources.findIds] : []),
        ...clockAdvice(error, now, messages),
        ...(retry_after === undefined ? [] : [messages.failure.comeBack(Math.ceil(retry_after))])
      ]
    }),
    retryable: isRetryable(error),
    ...omitUndefined({
      retry_after_s: retry_after,
      http_status: status_code,
      service_code: error_code,
      request_id,
      proxy_id: proxy_request_id,
      attempts,
      url: about.url,
      elapsed_ms: about.started === undefined ? undefined : Math.round(now - about.started)
    })
  })
})

/** Fails with the failure of an error of the client. */
export const failWith = (error: WaitUntilError, about: FailureContext): Effect.Effect<never, Failure> =>
  Effect.flatMap(failureOf(error, about), Effect.fail)

/** Turns each error of the client into a failure. */
export const orFailure =
  (about: FailureContext) =>
  <A, E extends WaitUntilError, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, Failure, R> =>
    self.pipe(Effect.catch((error) => failWith(error, about)))

/** The advice. For a certificate it names this program's own variable. */
const advice = (error: WaitUntilError, messages: Messages): string => {
  if (error._tag === "ConnectionFailed" && error.reason === "Tls") return messages.failure.untrusted
  if (error.detail.code === "not-a-region" || error.detail.code === "region-without-cbr") return messages.missing.region
  if (error.detail.code === "condition-not-met-within") return messages.timeout.waitLonger
  return error._tag === "NoCredentials" ? setUpAdvice(error, messages) : messages.pick(hintOf(error))
}

/** The advice for missing credentials: where to begin, or which setting to correct. */
export const setUpAdvice = ({ detail: { code } }: NoCredentials, { missing }: Messages): string =>
  code === "no-credentials" || code === "no-endpoint" ? missing.begin : missing.correct

/** The advice to set the clock, if its skew may have caused a refused signature. */
const clockAdvice = (error: WaitUntilError, now: number, { failure }: Messages): ReadonlyArray<string> => {
  if (error._tag !== "AuthenticationFailed" || error.service_time === undefined) return []
  const skew = Math.round((now - Date.parse(error.service_time)) / 1000)
  return Math.abs(skew) < 60 ? [] : [failure.clockOff(skew)]
}

/** The reason, with the error code unless the reason names it. */
const why = (error: WaitUntilError, messages: Messages): string => {
  const { failure } = messages
  const { attempts = 0, error_code }: Answer = error
  const reason = messages.detail(error.detail)
  const details = [
    ...(error_code === undefined || reason.includes(error_code) ? [] : [failure.errorCode(error_code)]),
    ...(attempts > 1 ? [failure.attempts(attempts)] : [])
  ]
  return details.length === 0 ? reason : reason + messages.aside(messages.listed(details))
}

/** The reason; a line for each searched source if no credentials were found. */
export const reasonLines = (error: WaitUntilError, messages: Messages): ReadonlyArray<string> =>
  error.detail.code === "no-credentials"
    ? [
        messages.missing.credentials,
        ...error.detail.searched.map(
          ({ place, reason }) => `- ${messages.named(messages.place(place), messages.detail(reason))}`
        )
      ]
    : [why(error, messages)]
