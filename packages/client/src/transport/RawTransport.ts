import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Stream from "effect/Stream"
import { resendOnStaleConnection } from "./KeptConnection.ts"

/** Who hears an answer as it comes. */
export interface ResponseSink {
  /** Told of the head; whether the body is to be heard with it, or only when that is asked for. */
  readonly head: (status: number, headers: Headers.Headers) => boolean
  /** Told of each piece of the body; whether more is wanted. */
  readonly piece: (bytes: Uint8Array) => boolean
}

/**
 * Sends a request, to the service that it is for and to no other, and tells a
 * listener what comes back. Succeeds at the end of the body; or at its
 * beginning, with what hears the rest.
 */
export type RawTransport = (
  request: HttpClientRequest.HttpClientRequest,
  listener: ResponseSink
) => Effect.Effect<RemainingBody, HttpClientError.HttpClientError>

/** Hears the rest of a body. */
export type RemainingBody = Effect.Effect<void, HttpClientError.HttpClientError>

/** Exchanges of transports that have one of their own. A client that is made of another one is another: it is asked itself. */
const own = new WeakMap<HttpClient.HttpClient, RawTransport>()

/**
 * The same client, with an exchange for calls whose answer is read whole: a
 * response that is handed out first and has a stream of its body costs a
 * multiple.
 */
export const withRawTransport = (client: HttpClient.HttpClient, exchange: RawTransport): HttpClient.HttpClient => {
  own.set(client, exchange)
  return client
}

/** How a client exchanges: by itself, or by its responses. */
export const rawTransportOf = (client: HttpClient.HttpClient): RawTransport => {
  const known = own.get(client)
  if (known !== undefined) return known
  const made = byResponses(client)
  own.set(client, made)
  return made
}

const byResponses = (client: HttpClient.HttpClient): RawTransport => {
  const overKept = resendOnStaleConnection()
  return (request, listener) =>
    overKept(request, client.execute(request)).pipe(
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
}

const nothing: RemainingBody = Effect.void

/** Sends a request to the service it is for, and to no other: no redirect is followed, no trace header goes along. */
export const withoutForwarding = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  withoutRedirects(Effect.provideService(self, HttpClient.TracerPropagationEnabled, false))

/** Fetch alone follows redirects by itself, and takes the token along to any host. */
const withoutRedirects = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateContext(self, (context: Context.Context<R>) =>
    Context.add(context, FetchHttpClient.RequestInit, {
      ...Context.getOrUndefined(context, FetchHttpClient.RequestInit),
      redirect: "manual"
    })
  )
