import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Exchange, Rest } from "./Exchange.ts"

/**
 * Exchanges by a dispatcher of undici, which calls with each piece as it comes
 * off the wire: nothing stands between. Interrupting it closes the connection.
 */
export const undiciExchange =
  (dispatcher: Dispatcher): Exchange =>
  (request, listener) => {
    const body = bodyOf(request)
    return Effect.callback<Rest, HttpClientError.HttpClientError>((resume) => {
      let controller: Dispatcher.DispatchController | undefined
      let left: Error | undefined
      /** Who waits for the end; nobody between the head and the wait for the rest. */
      let tell: ((end: Rest) => void) | undefined = (end) => resume(Effect.as(end, nothing))
      let end: Rest | undefined

      const finish = (how: Rest) => {
        if (end !== undefined) return
        end = how
        tell?.(how)
      }
      const fail = (reason: HttpClientError.HttpClientErrorReason) =>
        finish(Effect.fail(new HttpClientError.HttpClientError({ reason })))
      const leave = Effect.sync(() => {
        tell = undefined
        left = new Error("the caller left")
        controller?.abort(left)
      })
      const rest: Rest = Effect.callback((resume) => {
        if (end !== undefined) return resume(end)
        tell = resume
        return leave
      })

      const url = URL.parse(request.url)
      if (url === null) return fail(new HttpClientError.InvalidUrlError({ request }))
      try {
        dispatcher.dispatch(
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: request.method,
            headers: request.headers,
            body,
            // Who waits says how long.
            headersTimeout: 60 * 60 * 1_000,
            bodyTimeout: 0
          },
          {
            onRequestStart: (started) => {
              controller = started
              if (left !== undefined) started.abort(left)
            },
            onResponseStart: (_, status, fields) => {
              if (status < 200 || listener.head(status, Headers.fromInput(fields))) return
              tell = undefined
              resume(Effect.succeed(rest))
            },
            onResponseData: (started, bytes) => {
              if (end !== undefined || listener.piece(bytes)) return
              finish(nothing)
              started.abort(unwanted)
            },
            onResponseEnd: () => finish(nothing),
            onResponseError: (_, cause) => fail(new HttpClientError.TransportError({ request, cause }))
          }
        )
      } catch (cause) {
        fail(new HttpClientError.TransportError({ request, cause }))
      }
      return leave
    })
  }

const nothing: Rest = Effect.void

const unwanted = new Error("no more of the body is wanted")

/** The requests of this client have a text or none. */
const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): Uint8Array | null =>
  body._tag === "Uint8Array" ? body.body : null
