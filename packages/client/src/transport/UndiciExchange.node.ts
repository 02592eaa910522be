import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Headers from "effect/http/Headers"
import { bodyOf, calledExchange } from "./CalledExchange.ts"
import type { Exchange } from "./Exchange.ts"

/** Exchanges by a dispatcher of undici. */
export const undiciExchange = (dispatcher: Dispatcher): Exchange =>
  calledExchange((request, url, { end, fail, head, piece }) => {
    let controller: Dispatcher.DispatchController | undefined
    let isLeft = false
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: bodyOf(request),
        // Who waits says how long.
        headersTimeout: 60 * 60 * 1_000,
        bodyTimeout: 0
      },
      {
        onRequestStart: (started) => {
          controller = started
          if (isLeft) started.abort(unwanted)
        },
        onResponseStart: (_, status, fields) => head(status, Headers.fromInput(fields)),
        onResponseData: (_, bytes) => piece(bytes),
        onResponseEnd: end,
        onResponseError: (_, cause) => fail(cause)
      }
    )
    return () => {
      isLeft = true
      controller?.abort(unwanted)
    }
  })

const unwanted = new Error("no more is wanted")
