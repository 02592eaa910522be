import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Metric from "effect/Metric"
import type * as Tracer from "effect/Tracer"
import type { ShowBackupError } from "../ShowBackupError.ts"
import { CallInProgress, type Exchange } from "./Attempt.ts"
import { requestDuration } from "./Metrics.ts"

/** What of an answer is recorded. */
interface Observable {
  readonly status: number
  readonly headers: Headers.Headers
  readonly request_id: string | undefined
}

/**
 * An exchange as it is seen from outside: a client span and a measured
 * duration with the attributes of OpenTelemetry's semantic conventions, from
 * the request to the last byte of the body, and a report to its call.
 *
 * The span is ours, for the transport's own ends with the head and names
 * neither the resend nor the failure.
 *
 * @source OpenTelemetry semantic conventions for HTTP, client spans and metrics
 */
export const observed = <A extends Observable, R>(
  request: HttpClientRequest.HttpClientRequest,
  exchange: Effect.Effect<A, ShowBackupError, R>
): Effect.Effect<A, ShowBackupError, R> =>
  Effect.gen(function* () {
    const { report, resends } = yield* CallInProgress
    const url = new URL(request.url)
    const isUntraced = (yield* HttpClient.TracerDisabledWhen)(request)
    const start = yield* Clock.currentTimeNanos

    const onExit = Effect.fnUntraced(function* (exit: Exit.Exit<A, ShowBackupError>, span?: Tracer.Span) {
      const duration = Duration.nanos((yield* Clock.currentTimeNanos) - start)
      const result = resultOf(exit)
      const outcome = outcomeAttributes(result)
      const seconds = Metric.withAttributes(requestDuration, {
        "http.request.method": request.method,
        ...Object.fromEntries(Object.entries({ ...server(url), ...outcome }).map(([name, value]) => [name, `${value}`]))
      })
      for (const [name, value] of Object.entries(outcome)) span?.attribute(name, value)
      if (span !== undefined && Exit.isSuccess(exit)) yield* recordHeaders(span, "response", exit.value.headers)
      yield* Metric.update(seconds, Duration.toSeconds(duration))
      yield* report({ method: request.method, url: request.url, duration, ...result })
    })

    // The transport's own span would be a second one of the same request.
    const sent = Effect.provideService(exchange, HttpClient.TracerDisabledWhen, () => true)
    if (isUntraced) return yield* Effect.onExit(sent, onExit)
    let answer: A | undefined
    yield* Effect.useSpan(
      request.method,
      { kind: "client", attributes: { ...requestAttributes(request, url), ...resendAttribute(resends) } },
      (span) =>
        Effect.andThen(
          recordHeaders(span, "request", request.headers),
          // A span keeps what its effect succeeds with, and an answer may hold a token.
          Effect.onExit(sent, (exit) => onExit(exit, span)).pipe(
            Effect.tap((given) => Effect.sync(() => void (answer = given))),
            Effect.asVoid
          )
        )
    )
    return answer as A
  })

const requestAttributes = (request: HttpClientRequest.HttpClientRequest, url: URL) => ({
  "http.request.method": request.method,
  "url.full": UrlParams.redactUrl(url.href, []),
  "url.path": url.pathname,
  "url.scheme": url.protocol.slice(0, -1),
  ...server(url)
})

const server = (url: URL) => ({
  // A URL writes an IPv6 address in brackets, the conventions don't.
  "server.address": url.hostname.replace(/^\[|\]$/g, ""),
  "server.port": url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)
})

const resendAttribute = (resends: number) => (resends === 0 ? {} : { "http.request.resend_count": resends })

const resultOf = (exit: Exit.Exit<Observable, ShowBackupError>): Omit<Exchange, "method" | "url" | "duration"> => {
  if (Exit.isSuccess(exit)) {
    const { request_id, status } = exit.value
    return { status_code: status, ...(request_id === undefined ? {} : { request_id }) }
  }
  const failure = Cause.findErrorOption(exit.cause)
  if (failure._tag === "None") return { error: "Interrupted" }
  const { _tag, request_id, status_code } = failure.value
  return {
    error: _tag,
    ...(status_code === undefined ? {} : { status_code }),
    ...(request_id === undefined ? {} : { request_id })
  }
}

const outcomeAttributes = ({ error, status_code }: Pick<Exchange, "error" | "status_code">) => ({
  ...(status_code === undefined ? {} : { "http.response.status_code": status_code }),
  ...(error === undefined
    ? {}
    : { "error.type": status_code !== undefined && status_code >= 400 ? `${status_code}` : error })
})

const recordHeaders = (span: Tracer.Span, phase: "request" | "response", headers: Headers.Headers) =>
  Effect.gen(function* () {
    const isRecorded = yield* HttpClient.TracerHeaderFilter
    const secretNames = yield* Headers.CurrentRedactedNames
    for (const [name, value] of Object.entries(headers)) {
      if (!isRecorded(name, phase)) continue
      span.attribute(
        `http.${phase}.header.${name}`,
        Headers.isRedactedName(name, secretNames) ? "<redacted>" : (value ?? "")
      )
    }
  })
