import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Stream from "effect/Stream"
import { resendOnStaleConnection } from "./StaleConnectionRetry.ts"

/** Receives a response as it arrives. */
export interface ResponseSink {
  /** Receives the head. Returns whether the body follows at once, or only when the caller asks for it. */
  readonly head: (status: number, headers: Headers.Headers) => boolean
  /** Receives a piece of the body. Returns whether more is wanted. */
  readonly piece: (bytes: Uint8Array) => boolean
}

/**
 * Sends a request to its own service and to no other, and passes the response
 * to a sink. Succeeds at the end of the body, or at its beginning with an effect
 * that receives the rest.
 *
 * @param timeout longest time until it succeeds; fails with `TimeoutError` and closes the connection then
 */
export type RawTransport = (
  request: HttpClientRequest.HttpClientRequest,
  listener: ResponseSink,
  timeout?: Duration.Duration
) => Effect.Effect<RemainingBody, HttpClientError.HttpClientError | Cause.TimeoutError>

/** Receives the rest of a body. */
export type RemainingBody = Effect.Effect<void, HttpClientError.HttpClientError>

/** The key under which a client holds its raw transport. A client made from another one has none, and sends itself. */
const rawTransport = Symbol("raw transport")

interface Holder extends HttpClient.HttpClient {
  readonly [rawTransport]?: RawTransport
}

/**
 * The same client, with a raw transport for calls whose answer is read whole: a
 * response that is handed out first and has a stream of its body costs a
 * multiple.
 */
export const withRawTransport = (client: HttpClient.HttpClient, transport: RawTransport): HttpClient.HttpClient =>
  Object.defineProperty(client, rawTransport, { value: transport })

/** The raw transport of a client: its own, or one over its responses, which remembers the connections of the client. */
export const rawTransportOf = (client: Holder): RawTransport => {
  const known = client[rawTransport]
  if (known !== undefined) return known
  const made = overResponses(client)
  // A frozen client gets a new one for each call, which resends less.
  Reflect.defineProperty(client, rawTransport, { value: made })
  return made
}

const overResponses = (client: HttpClient.HttpClient): RawTransport => {
  const overKept = resendOnStaleConnection()
  return (request, listener, timeout) => {
    const exchange = overKept(request, client.execute(request)).pipe(
      // A client that fails on a status has not read the answer; it is an answer like any other.
      Effect.catchReason("HttpClientError", "StatusCodeError", ({ response }) => Effect.succeed(response)),
      Effect.flatMap(({ headers, status, stream }) => {
        const rest = Stream.runForEachWhile(stream, (bytes) => Effect.sync(() => listener.piece(bytes)))
        return listener.head(status, headers) ? Effect.as(rest, nothing) : Effect.succeed(rest)
      }),
      // The exchange is observed as a whole.
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
      withoutForwarding
    )
    return timeout === undefined ? exchange : Effect.timeout(exchange, timeout)
  }
}

const nothing: RemainingBody = Effect.void

/**
 * Sends a request to the service it is for, and to no other: no trace header goes along, and `fetch`, which takes a token
 * along to any host, follows no redirect.
 */
export const withoutForwarding = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateContext(self, (context: Context.Context<R>) =>
    context.pipe(
      Context.add(HttpClient.TracerPropagationEnabled, false),
      Context.add(FetchHttpClient.RequestInit, {
        ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
        redirect: "manual"
      })
    )
  )
