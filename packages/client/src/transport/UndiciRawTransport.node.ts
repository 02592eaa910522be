import { subscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"
import type { Dispatcher } from "@effect/platform-node/Undici"
import * as Headers from "effect/http/Headers"
import { bodyOf, callbackTransport } from "./CallbackTransport.ts"
import type { RawTransport } from "./RawTransport.ts"

/** Exchanges by a dispatcher of undici. */
export const undiciExchange = (dispatcher: Dispatcher): RawTransport => {
  hearOfConnections()
  return callbackTransport((request, url, { end, fail, head, piece }) => {
    let connection: Connection | undefined
    let controller: Dispatcher.DispatchController | undefined
    let isLeft = false
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: bodyOf(request),
        // The caller bounds the wait.
        headersTimeout: 60 * 60 * 1_000,
        bodyTimeout: 0
      },
      {
        onRequestStart: (started) => {
          controller = started
          if (isLeft) return started.abort(unwanted)
          onConnection = (taken) => void (connection = taken)
        },
        onResponseStart: (_, status, fields) => head(status, Headers.fromInput(fields)),
        onResponseData: (_, bytes) => piece(bytes),
        onResponseEnd: end,
        onResponseError: (_, cause) =>
          fail(cause, connection?.isKept === true && connection.socket.bytesRead === connection.before)
      }
    )
    return () => {
      isLeft = true
      controller?.abort(unwanted)
    }
  })
}

const unwanted = new Error("no more is wanted")

/** The connection that a request goes by. */
interface Connection {
  readonly socket: Socket
  /** Whether it carried a request before. */
  readonly isKept: boolean
  /** Bytes that had come by it when the request was sent. */
  readonly before: number
}

/** Of the request that is being sent. */
let onConnection: ((connection: Connection) => void) | undefined

const used = new WeakSet<Socket>()

let hears = false

/**
 * Undici tells which connection a request takes on this channel alone, in the
 * same step as `onRequestStart`. Over HTTP/2 the fields are no text, and the
 * bytes of one connection are of many answers.
 */
const hearOfConnections = () => {
  if (hears) return
  hears = true
  subscribe("undici:client:sendHeaders", (message) => {
    const { headers, socket } = message as { readonly headers: unknown; readonly socket: Socket }
    if (typeof headers === "string") onConnection?.({ socket, isKept: used.has(socket), before: socket.bytesRead })
    onConnection = undefined
    used.add(socket)
  })
}
