import { Clock, Effect, Layer, Stream } from "effect"
import { HttpClient, type HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"

/** The answer of a scripted service; the body comes in the given chunks. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | Stream.Stream<Uint8Array, HttpClientError.HttpClientError>
}

/** A request as the transport got it. */
export interface Sent {
  readonly request: HttpClientRequest.HttpClientRequest
  /** When, in milliseconds of the test's clock. */
  readonly at: number
}

/** Answers the `nth` request, counted from 0. */
export type Script = (
  nth: number,
  request: HttpClientRequest.HttpClientRequest
) => Answer | Effect.Effect<Answer, HttpClientError.HttpClientError>

/**
 * A transport without sockets, under the real `HttpClient`: it answers by a
 * script and keeps what was sent. Bodies are synchronous, so that virtual time
 * is exact.
 */
export const inMemory = (script: Script) => {
  const sent: Array<Sent> = []
  const interrupted: Array<number> = []
  const http = HttpClient.make((request) =>
    Effect.gen(function* () {
      const nth = sent.push({ request, at: yield* Clock.currentTimeMillis }) - 1
      const answer = script(nth, request)
      const given = Effect.isEffect(answer) ? answer : Effect.succeed(answer)
      return toResponse(request, yield* Effect.onInterrupt(given, () => Effect.sync(() => void interrupted.push(nth))))
    })
  )
  return { sent, interrupted, http, layer: Layer.succeed(HttpClient.HttpClient, http) }
}

const encoder = new TextEncoder()

const toResponse = (request: HttpClientRequest.HttpClientRequest, answer: Answer) => {
  const { body = "", headers = {}, status } = answer
  const response = HttpClientResponse.fromWeb(request, new Response(null, { status, headers }))
  const stream = Stream.isStream(body) ? body : Stream.make(typeof body === "string" ? encoder.encode(body) : body)
  return Object.defineProperty(response, "stream", { value: stream })
}
