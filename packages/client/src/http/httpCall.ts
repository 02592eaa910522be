import { omitUndefined } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import { fromHttpClientError } from "../errors/ConnectionFailure.ts"
import { requestId, toError } from "../errors/ErrorResponse.ts"
import type { FailureDetail, Service } from "../errors/FailureDetails.ts"
import type { SentSecrets } from "../errors/redact.ts"
import { MalformedResponse, ResponseTooLarge, type ShowBackupError, TimedOut } from "../errors/ShowBackupError.ts"
import { type CallInProgress, ownCall } from "../telemetry/Attempt.ts"
import { instrument } from "../telemetry/instrument.ts"
import { type RawTransport, rawTransportOf, type ResponseSink, type RemainingBody } from "../transport/RawTransport.ts"
import { userAgent } from "./UserAgent.ts"

/** The settings of a call. */
export interface HttpCallOptions {
  /** Origin that is called. */
  readonly origin: string
  /** The service that is called, for messages. */
  readonly service: Service
  /** The statuses of success. */
  readonly success: ReadonlyArray<number>
  /** Largest body that is read, in bytes. */
  readonly largestBody: number
  /** The secrets of the request, which no message may show. */
  readonly secrets: SentSecrets
  /** Longest time from sending to the end of the body; where absent, the caller sets a bound of its own. */
  readonly timeout?: Duration.Duration
  /** The call of several requests that this one belongs to. */
  readonly attempt?: CallInProgress | undefined
  /**
   * Takes the body of a success piece by piece, in the place of `text`, which is empty then.
   * A piece is good for the moment of the call; `false` ends the reading.
   */
  readonly consume?: (request_id: string | undefined) => (piece: Uint8Array) => boolean
}

/** A successful answer, read whole. */
export interface HttpResponse {
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
export const httpCall = (
  request: HttpClientRequest.HttpClientRequest,
  options: HttpCallOptions
): Effect.Effect<HttpResponse, ShowBackupError, HttpClient.HttpClient> =>
  Effect.flatMap(HttpClient.HttpClient, (client) =>
    httpCallOver(rawTransportOf(client), withUserAgent(request), options)
  )

/** Calls over a known transport; the request already has its `User-Agent`. */
export const httpCallOver = (
  transport: RawTransport,
  request: HttpClientRequest.HttpClientRequest,
  options: HttpCallOptions
): Effect.Effect<HttpResponse, ShowBackupError> =>
  instrument(request, options.attempt ?? ownCall, exchange(transport, request, options))

/** Adds the client's `User-Agent`. */
export const withUserAgent = (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest =>
  userAgent === undefined ? request : HttpClientRequest.setHeader(request, "user-agent", userAgent)

const exchange = (
  transport: RawTransport,
  request: HttpClientRequest.HttpClientRequest,
  options: HttpCallOptions
): Effect.Effect<HttpResponse, ShowBackupError> =>
  Effect.clockWith((clock) => {
    const start = clock.currentTimeMillisUnsafe()
    const collected = new ResponseCollector(options)
    return transport(request, collected, options.timeout).pipe(
      Effect.matchEffect({
        onSuccess: (rest): Effect.Effect<HttpResponse, ShowBackupError> => {
          if (collected.refusal === undefined) return readSuccess(collected, options)
          const spent = clock.currentTimeMillisUnsafe() - start
          return Effect.andThen(
            drainBody(rest, options, spent),
            Effect.failSync(() => refusal(collected, options, clock.currentTimeMillisUnsafe()))
          )
        },
        onFailure: (error): Effect.Effect<never, ShowBackupError> =>
          Effect.fail(
            error._tag === "TimeoutError"
              ? noAnswerWithin(options.timeout!, options.service)
              : fromHttpClientError(error, options.origin)
          )
      }),
      Effect.onInterrupt(() =>
        collected.refusal === undefined
          ? Effect.void
          : (options.attempt ?? ownCall).cutOff(refusal(collected, options, clock.currentTimeMillisUnsafe()))
      )
    )
  })

/** The status and fields of an answer. */
interface Head {
  readonly status: number
  readonly headers: Headers.Headers
}

/**
 * Collects an answer: the body of a success within its limit, unless the call consumes it, and the beginning of an
 * error body.
 */
class ResponseCollector implements ResponseSink {
  readonly options: HttpCallOptions
  consume: ((piece: Uint8Array) => boolean) | undefined
  success: Head | undefined
  refusal: Head | undefined
  /** The body of a refusal. */
  text = ""
  /** The body of a success. */
  readonly pieces: Array<Uint8Array> = []
  bytes = 0
  /** The decoder of a refusal's body. */
  private decoder: InstanceType<typeof TextDecoder> | undefined

  constructor(options: HttpCallOptions) {
    this.options = options
  }

  head(status: number, headers: Headers.Headers): boolean {
    const isSuccess = this.options.success.includes(status)
    this[isSuccess ? "success" : "refusal"] = { status, headers }
    if (isSuccess) this.consume = this.options.consume?.(requestId(headers, this.options.secrets))
    return isSuccess
  }

  piece(piece: Uint8Array): boolean {
    if (this.refusal === undefined) {
      this.bytes += piece.length
      if (this.bytes > this.options.largestBody) return false
      if (this.consume !== undefined) return this.consume(piece)
      this.pieces.push(piece)
      return true
    }
    this.decoder ??= new TextDecoder()
    this.text += this.decoder.decode(piece.subarray(0, maxErrorBodyBytes - this.bytes), { stream: true })
    this.bytes += piece.length
    return this.bytes < maxErrorBodyBytes
  }
}

/** The error of an attempt without an answer in time. */
const noAnswerWithin = (time: Duration.Duration, service: Service): TimedOut =>
  new TimedOut({ detail: { code: "no-answer-within", service, seconds: Duration.toSeconds(time) }, limit: "attempt" })

const readSuccess = (
  { bytes, consume, pieces, success }: ResponseCollector,
  { largestBody, secrets: sent, service }: HttpCallOptions
): Effect.Effect<HttpResponse, MalformedResponse | ResponseTooLarge> => {
  const { headers, status } = success!
  const request_id = requestId(headers, sent)
  const seen = () => ({ status_code: status, ...omitUndefined({ request_id }) })
  if (bytes > largestBody) {
    return Effect.fail(
      new ResponseTooLarge({ detail: { code: "answer-too-large", service, bytes: largestBody }, ...seen() })
    )
  }
  const text = consume === undefined ? decodeUtf8(whole(pieces, bytes)) : ""
  if (text !== undefined) return Effect.succeed({ status, headers, text, request_id })
  const compressed = headers["content-encoding"] !== undefined
  return Effect.fail(
    new MalformedResponse({
      detail: { code: compressed ? "answer-compressed" : "answer-not-text", service },
      may_be_cut: true,
      ...seen()
    })
  )
}

/**
 * Tells whether the body of an unreadable answer may be cut. A cut body may look whole: some transports take the end
 * of the connection for the end of the body, and `fetch` unpacks as much of a compressed body as came.
 */
const cutOf = (text: string): { readonly may_be_cut?: boolean } =>
  Result.isSuccess(Result.try((): unknown => JSON.parse(text))) ? {} : { may_be_cut: true }

/** The error of a success whose body lacks the requested value. */
export const answerWithout = (
  { request_id, text }: HttpResponse,
  detail: FailureDetail,
  status: { readonly status_code?: number } = {}
): MalformedResponse => new MalformedResponse({ detail, ...status, ...cutOf(text), ...omitUndefined({ request_id }) })

const whole = (pieces: ReadonlyArray<Uint8Array>, length: number): Uint8Array => {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** @param now when the refusal came, in epoch milliseconds */
const refusal = (
  { refusal: head, text }: ResponseCollector,
  { secrets, service }: HttpCallOptions,
  now: number
): ShowBackupError => toError({ ...head!, text, retry_after: retryAfter(head!.headers, now), service, secrets })

/** Bytes of an error body that are read. */
const maxErrorBodyBytes = 64 * 1024

/** The longest wait for an error body. */
const errorBodyTimeout = Duration.seconds(2)

/**
 * Reads the rest of an error body, as long as it comes in time. The status is known by then: a body that breaks or
 * hangs must not turn a refused key into a failed connection, which the client would retry with the same key.
 *
 * @param spent milliseconds of the call's timeout
 */
const drainBody = (
  rest: RemainingBody,
  { timeout = Duration.infinity }: HttpCallOptions,
  spent: number
): Effect.Effect<void> => {
  const left = Duration.subtract(timeout, Duration.millis(spent))
  return rest.pipe(Effect.ignore, Effect.timeoutOption(Duration.min(errorBodyTimeout, left)), Effect.asVoid)
}

/** Keeps a byte order mark, which is part of the body. */
const strictly = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strictly.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * `Retry-After` in seconds from now; absent or in no form of RFC 9110, section 10.2.3: `undefined`.
 */
const retryAfter = (headers: Headers.Headers, now: number): number | undefined => {
  const value = headers["retry-after"]
  const parsed = value === undefined ? undefined : Result.getOrUndefined(Headers.parseRetryAfter(value))
  if (parsed === undefined) return undefined
  return Math.min(Duration.toSeconds(Headers.retryAfterDelay(parsed, now)), Number.MAX_SAFE_INTEGER)
}
