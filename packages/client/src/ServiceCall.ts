import * as ByteSize from "effect/ByteSize"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { fromHttpClientError } from "./ConnectionFailure.ts"
import type { SentSecrets } from "./RedactedText.ts"
import { requestId, type Service, toError } from "./RefusedResponse.ts"
import { MalformedResponse, ResponseTooLarge, type ShowBackupError, TimedOut } from "./ShowBackupError.ts"
import { CallInProgress } from "./telemetry/Attempt.ts"
import { observed } from "./telemetry/ObservedExchange.ts"
import { userAgent } from "./telemetry/UserAgent.ts"

/** What a call needs beside its request. */
export interface ServiceCallOptions {
  /** Origin that is called. */
  readonly origin: string
  /** Which service it is, for messages. */
  readonly service: Service
  /** The statuses of success. */
  readonly success: ReadonlyArray<number>
  /** Largest body that is read, in bytes. */
  readonly largestBody: number
  /** What the request carries and no message may show. */
  readonly sent: SentSecrets
  /** Longest time from sending to the end of the body; where absent, the caller sets a bound of its own. */
  readonly timeout?: Duration.Duration
}

/** A successful answer, read whole. */
export interface ServiceAnswer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly text: string
  readonly request_id: string | undefined
}

/**
 * One request and its answer: sent once, the body always read to its end or
 * its limit (an unread one would hold the connection), every failure typed,
 * the whole in a span, measured and reported. Redirects are not followed,
 * whatever the transport, and no trace header goes to the service.
 */
export const serviceCall = (
  request: HttpClientRequest.HttpClientRequest,
  options: ServiceCallOptions
): Effect.Effect<ServiceAnswer, ShowBackupError, HttpClient.HttpClient> => {
  const own = named(request)
  return observed(own, exchange(own, options)).pipe(
    Effect.updateService(Headers.CurrentRedactedNames, (names) => [...names, ...secretHeaders])
  )
}

/** A request that says who sends it. */
export const named = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest =>
  userAgent === undefined ? request : HttpClientRequest.setHeader(request, "user-agent", userAgent)

/** Sends a request to the service it is for, and to no other: no redirect is followed, no trace header goes along. */
export const sentStraight = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  withoutRedirects(Effect.provideService(self, HttpClient.TracerPropagationEnabled, false))

const exchange = (
  request: HttpClientRequest.HttpClientRequest,
  options: ServiceCallOptions
): Effect.Effect<ServiceAnswer, ShowBackupError, HttpClient.HttpClient> =>
  Effect.suspend(() => {
    const heard: Heard = { text: "" }
    return HttpClient.execute(request).pipe(
      // A client that fails on a status has not read the answer; it is an answer like any other.
      Effect.catchReason("HttpClientError", "StatusCodeError", ({ response }) => Effect.succeed(response)),
      Effect.flatMap((response): Effect.Effect<ServiceAnswer, ShowBackupError | HttpClientError.HttpClientError> => {
        if (options.success.includes(response.status)) return readSuccess(response, options)
        heard.refusal = response
        return Effect.andThen(hearRefusal(response, heard), refusal(response, heard, options))
      }),
      Effect.catchTag("HttpClientError", (error) => Effect.fail(fromHttpClientError(error, options.origin))),
      withinTime(options, (late) =>
        heard.refusal === undefined ? Effect.fail(late) : refusal(heard.refusal, heard, options)
      ),
      Effect.onInterrupt(() =>
        heard.refusal === undefined
          ? Effect.void
          : Effect.flatMap(Effect.flip(refusal(heard.refusal, heard, options)), (error) =>
              Effect.flatMap(CallInProgress, ({ cutOff }) => cutOff(error))
            )
      ),
      sentStraight
    )
  })

/** What came of an answer that is no success. */
interface Heard {
  refusal?: HttpClientResponse.HttpClientResponse
  text: string
}

const withinTime =
  <B>({ service, timeout }: ServiceCallOptions, orElse: (late: TimedOut) => Effect.Effect<B, ShowBackupError>) =>
  <A, R>(self: Effect.Effect<A, ShowBackupError, R>): Effect.Effect<A | B, ShowBackupError, R> =>
    timeout === undefined
      ? self
      : Effect.timeoutOrElse(self, {
          duration: timeout,
          orElse: () => {
            const whose = service === "CBR" ? "" : ` from ${service}`
            const message = `no answer${whose} within ${Duration.toSeconds(timeout)} s`
            return orElse(new TimedOut({ message, limit: "attempt" }))
          }
        })

/** Fetch alone follows redirects by itself, and takes the token along to any host. */
const withoutRedirects = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateContext(self, (context: Context.Context<R>) =>
    Context.add(context, FetchHttpClient.RequestInit, {
      ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
      redirect: "manual"
    })
  )

/** Headers of the cloud that carry a secret; spans and logs show them redacted. */
const secretHeaders = ["x-auth-token", "x-subject-token", "x-security-token", "x-metadata-token"]

const readSuccess = Effect.fnUntraced(function* (
  response: HttpClientResponse.HttpClientResponse,
  options: ServiceCallOptions
) {
  const request_id = requestId(response.headers, options.sent)
  const seen = { status_code: response.status, ...(request_id === undefined ? {} : { request_id }) }
  const tooLarge = new ResponseTooLarge({
    message: `the answer of ${options.service} is larger than ${options.largestBody} bytes`,
    ...seen
  })
  const bytes = yield* response.stream.pipe(
    Stream.limitBytes<HttpClientError.HttpClientError | ResponseTooLarge, never>(
      ByteSize.bytes(options.largestBody),
      () => Stream.fail(tooLarge)
    ),
    Stream.mkUint8Array
  )
  const text = decodeUtf8(bytes)
  if (text === undefined) {
    const compressed = response.headers["content-encoding"] !== undefined
    return yield* new MalformedResponse({
      message: `the answer of ${options.service} is ${compressed ? "compressed, which was not asked for" : "not UTF-8 text"}`,
      ...seen
    })
  }
  return { status: response.status, headers: response.headers, text, request_id }
})

const refusal = Effect.fnUntraced(function* (
  { headers, status }: HttpClientResponse.HttpClientResponse,
  { text }: Heard,
  { sent, service }: ServiceCallOptions
) {
  return yield* toError({ status, headers, text, retry_after: yield* retryAfter(headers), service, sent })
})

/** Bytes of an error body that are read. */
const largestRefusal = 64 * 1024

/** How long an error body is waited for. */
const refusalTime = Duration.seconds(2)

/**
 * As much of an error body as comes whole and in time. The status has been
 * said by then: a body that breaks or hangs must not turn a refused key into a
 * failed connection, which would be tried again with the same key.
 */
const hearRefusal = (response: HttpClientResponse.HttpClientResponse, heard: Heard): Effect.Effect<void> => {
  const decoder = new TextDecoder()
  let left = largestRefusal
  return Stream.runForEachWhile(response.stream, (chunk) =>
    Effect.sync(() => {
      heard.text += decoder.decode(chunk.subarray(0, left), { stream: true })
      left -= chunk.length
      return left > 0
    })
  ).pipe(Effect.ignore, Effect.timeoutOption(refusalTime), Effect.asVoid)
}

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    // A byte order mark is part of what came.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * `Retry-After` in seconds from now; absent or in no form of RFC 9110, section 10.2.3: `undefined`.
 */
const retryAfter = Effect.fnUntraced(function* (headers: Headers.Headers) {
  const value = headers["retry-after"]
  if (value === undefined) return undefined
  const parsed = Headers.parseRetryAfter(value)
  if (Result.isFailure(parsed)) return undefined
  const delay = Headers.retryAfterDelay(parsed.success, yield* Clock.currentTimeMillis)
  return Math.min(Duration.toSeconds(delay), Number.MAX_SAFE_INTEGER)
})
