import type { Server } from "node:http"
import type { Socket } from "node:net"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ProxyError } from "../problems/ProxyError.ts"
import type { ConnectionTracker } from "./ConnectionTracker.ts"

/** Long enough for a peer to read why, and to end the connection itself. */
const linger = Duration.seconds(1)

/**
 * Answers what Node's parser itself turns away, and CONNECT, which it hands
 * over as a bare socket: in turn behind the requests before it, and then the
 * connection ends.
 *
 * @param answer the whole answer, as bytes to write
 */
export const handleClientErrors = <R>(
  server: Server,
  connections: ConnectionTracker,
  run: (effect: Effect.Effect<void, never, R>) => void,
  answer: (refusal: ProxyError) => Effect.Effect<Uint8Array, never, R>
): void => {
  const faulted = new WeakSet<Socket>()

  const refuse = (socket: Socket, refusal: ProxyError) =>
    run(
      Effect.gen(function* () {
        const bytes = yield* answer(refusal)
        if (!socket.writable) return
        socket.end(bytes)
        // Further bytes are read, so that the answer is not lost to a reset.
        socket.resume()
        const timer = setTimeout(() => socket.destroy(), Duration.toMillis(linger))
        socket.once("close", () => clearTimeout(timer))
      })
    )

  /** Waits for the answers to the requests before it. */
  const refuseInTurn = (socket: Socket, refusal: ProxyError) => {
    if (faulted.has(socket)) return
    faulted.add(socket)
    const owed = connections.of(socket)?.pendingResponses ?? []
    const last = owed.at(-1)
    const isOfTheLast = last !== undefined && !last.req.complete
    // The fault is in the body of a request that has its answer already: that answer stays the last.
    if (isOfTheLast && last.headersSent) {
      return void last.once("close", () => (socket.destroyed ? undefined : socket.destroySoon()))
    }
    const before = isOfTheLast ? owed.at(-2) : last
    if (before === undefined) return refuse(socket, refusal)
    before.once("close", () => refuse(socket, refusal))
  }

  server.on("clientError", (error: Error & { readonly code?: string }, stream) => {
    // Of a server on TCP or TLS, which both are sockets of `node:net`.
    const socket = stream as Socket
    const refusal = refusalOfFault(error.code)
    if (refusal === undefined) socket.destroy()
    else refuseInTurn(socket, refusal)
  })
  server.on("connect", (_request, stream) => {
    const socket = stream as Socket
    socket.on("error", () => socket.destroy())
    refuseInTurn(socket, noTunnel)
  })
}

const refusalOfFault = (code = ""): ProxyError | undefined => {
  if (code === "HPE_HEADER_OVERFLOW") return headTooLarge
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return requestTimeout
  return code.startsWith("HPE_") ? malformed : undefined
}

const malformed = new ProxyError({ reason: "BadRequest", message: "the request is not well-formed HTTP/1.1" })
const headTooLarge = new ProxyError({
  reason: "HeadTooLarge",
  message: "the request line and the fields are too large"
})
const requestTimeout = new ProxyError({
  reason: "RequestTimeout",
  message: "the proxy did not receive the whole request in time"
})
const noTunnel = new ProxyError({
  reason: "MethodNotAllowed",
  message: "the proxy opens no tunnel",
  headers: { allow: "GET, HEAD" }
})
