import { omitUndefined } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { CallInProgress, AttemptResult } from "./Attempt.ts"
import { requestDuration } from "./ClientMetrics.ts"
import { metricSeries } from "./metricSeries.ts"

type Outcome = Pick<AttemptResult, "error" | "status_code">

/** The part of an answer that spans and metrics record. */
interface Observable {
  readonly status: number
  readonly headers: Headers.Headers
  readonly request_id: string | undefined
}

/**
 * Observes an exchange from outside: a client span and a measured
 * duration with the attributes of OpenTelemetry's semantic conventions, from
 * the request to the last byte of the body, and a report to its call.
 *
 * The span is ours, for the transport's own ends with the head and names
 * neither the resend nor the failure.
 *
 * @source OpenTelemetry semantic conventions for HTTP, client spans and metrics
 */
export const instrument = <A extends Observable, R>(
  request: HttpClientRequest.HttpClientRequest,
  { report, resends }: CallInProgress,
  exchange: Effect.Effect<A, ShowBackupError, R>
): Effect.Effect<A, ShowBackupError, R> =>
  Effect.withFiber<A, ShowBackupError, R>((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const start = clock.currentTimeNanosUnsafe()

    const onExit = (exit: Exit.Exit<A, ShowBackupError>) => {
      const duration = Duration.nanos(clock.currentTimeNanosUnsafe() - start)
      const result = resultOf(exit)
      secondsOf(request, result).updateUnsafe(Duration.toSeconds(duration), fiber.context)
      return report({ method: request.method, url: request.url, duration, ...result })
    }
    const measured = Effect.onExit(exchange, onExit)
    const isTraced = isRecorded(fiber) && !fiber.getRef(HttpClient.TracerDisabledWhen)(request)
    return isTraced ? inSpan(request, resends, measured) : measured
  })

/** Whether spans go anywhere: Effect's own tracer keeps none of them. */
export const isRecorded = (fiber: Fiber.Fiber<unknown, unknown>): boolean =>
  fiber.getRef(References.TracerEnabled) && fiber.getRef(Tracer.Tracer) !== Tracer.Tracer.defaultValue()

const inSpan = <A extends Observable, R>(
  request: HttpClientRequest.HttpClientRequest,
  resends: number,
  exchange: Effect.Effect<A, ShowBackupError, R>
): Effect.Effect<A, ShowBackupError, R> => {
  const url = new URL(request.url)
  let answer: A | undefined
  return Effect.useSpan(
    request.method,
    { kind: "client", attributes: requestAttributes(request, url, resends) },
    (span) => {
      const onExit = (exit: Exit.Exit<A, ShowBackupError>) => {
        for (const [name, value] of Object.entries(outcomeAttributes(resultOf(exit)))) span.attribute(name, value)
        return Exit.isSuccess(exit) ? recordHeaders(span, "response", exit.value.headers) : Effect.void
      }
      return Effect.andThen(
        recordHeaders(span, "request", request.headers),
        // A span keeps the value of its effect, and an answer may hold a token.
        Effect.onExit(exchange, onExit).pipe(
          Effect.tap((given) => Effect.sync(() => void (answer = given))),
          Effect.asVoid
        )
      )
    }
  ).pipe(
    Effect.map(() => answer as A),
    Effect.updateService(Headers.CurrentRedactedNames, (names) => [...names, ...secretHeaders])
  )
}

/** Headers of the cloud that carry a secret; spans and logs show them redacted. */
const secretHeaders = ["x-auth-token", "x-subject-token", "x-security-token", "x-metadata-token"]

const seconds = metricSeries(requestDuration)

/** The histogram of requests to this server with this outcome; found by the text of the origin, which costs less than a URL. */
const secondsOf = ({ method, url }: HttpClientRequest.HttpClientRequest, { error, status_code }: Outcome) => {
  const pathAt = url.indexOf("/", "https://".length)
  const origin = pathAt < 0 ? url : url.slice(0, pathAt)
  return seconds(`${method} ${origin} ${status_code} ${error}`, () => {
    const attributes = { ...server(new URL(url)), ...outcomeAttributes(omitUndefined({ error, status_code })) }
    const texts = Object.entries(attributes).map(([name, value]) => [name, String(value)])
    return { "http.request.method": method, ...Object.fromEntries(texts) }
  })
}

const requestAttributes = (request: HttpClientRequest.HttpClientRequest, url: URL, resends: number) => ({
  "http.request.method": request.method,
  "url.full": UrlParams.redactUrl(url.href, []),
  "url.path": url.pathname,
  "url.scheme": url.protocol.slice(0, -1),
  ...server(url),
  ...(resends === 0 ? {} : { "http.request.resend_count": resends })
})

const server = (url: URL) => ({
  // A URL writes an IPv6 address in brackets, the conventions don't.
  "server.address": url.hostname.replace(/^\[|\]$/g, ""),
  "server.port": url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port)
})

const resultOf = (exit: Exit.Exit<Observable, ShowBackupError>): Omit<AttemptResult, "method" | "url" | "duration"> => {
  if (Exit.isSuccess(exit)) {
    const { request_id, status } = exit.value
    return request_id === undefined ? { status_code: status } : { status_code: status, request_id }
  }
  const failure = Cause.findErrorOption(exit.cause)
  if (failure._tag === "None") return { error: "Interrupted" }
  const { _tag, request_id, status_code } = failure.value
  return { error: _tag, ...omitUndefined({ status_code, request_id }) }
}

const outcomeAttributes = ({ error, status_code }: Outcome) => ({
  ...omitUndefined({ "http.response.status_code": status_code }),
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
