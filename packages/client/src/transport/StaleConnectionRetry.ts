import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import { causesOf } from "../errors/causesOf.ts"
import { property, textAt } from "../errors/property.ts"

/** Sends a request, and again where a kept connection ended before any byte of its answer. */
export type SentOverKept = <A, R>(
  request: HttpClientRequest.HttpClientRequest,
  send: Effect.Effect<A, HttpClientError.HttpClientError, R>
) => Effect.Effect<A, HttpClientError.HttpClientError, R>

/**
 * For a client that tells nothing of its connections but by its errors, such as
 * `fetch`. Whether a connection was a kept one is not among that: a request is
 * sent again where the origin has answered this client before, and no more than
 * twice, since the next connection may be a kept one too. Undici, and with it
 * the `fetch` of Node, tells how much had come by the connection that ended:
 * nothing came by a fresh one.
 */
export const resendOnStaleConnection = (): SentOverKept => {
  const answered = new Set<string>()
  return (request, send) => {
    const origin = URL.parse(request.url)?.origin ?? ""
    const attempt = (left: number): typeof send =>
      Effect.catchTag(send, "HttpClientError", (error) =>
        left > 0 && answered.has(origin) && mayBeKept(error) ? attempt(left - 1) : Effect.fail(error)
      )
    return Effect.tap(attempt(2), () => Effect.sync(() => answered.add(origin)))
  }
}

/** Whether an established connection ended that may have been a kept one: nothing shows that it was fresh. */
const mayBeKept = ({ reason }: HttpClientError.HttpClientError): boolean => {
  const causes = reason._tag === "TransportError" ? causesOf(reason.cause) : []
  const ended = causes.find((cause) => ends.has(textAt(cause, "code") ?? ""))
  return ended !== undefined && property(property(ended, "socket"), "bytesRead") !== 0
}

const ends: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"])
