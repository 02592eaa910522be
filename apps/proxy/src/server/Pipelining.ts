import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { HttpLimits } from "../http/HttpLimits.ts"
import type { Connection, ConnectionTracker } from "./ConnectionTracker.ts"

/**
 * Answers a few requests of one connection at once, and none while its peer leaves earlier answers unread: for a peer
 * that sends a thousand requests and reads nothing, the proxy makes a few answers, not a thousand. Replaces the server's
 * handler.
 */
export const limitPipelining = (server: Server, connections: ConnectionTracker, limits: HttpLimits): void => {
  const lines = new WeakMap<Connection, Array<() => void>>()

  const advance = (connection: Connection, line: Array<() => void>) => {
    while (line.length > 0 && isServed(connection, connection.pendingResponses.length - line.length)) line.shift()!()
  }
  /** Whether one more is answered while so many are being answered. */
  const isServed = (connection: Connection, begun: number): boolean =>
    begun === 0 || (begun < limits.requestsAtOnce && connection.unsentBytes < limits.unsentBytes)

  for (const event of ["request", "checkContinue"] as const) {
    const handler = server.listeners(event).at(-1) as (request: IncomingMessage, response: ServerResponse) => void
    server.off(event, handler)
    server.on(event, (request, response) => {
      const connection = connections.of(request.socket)
      if (connection === undefined) return
      if (connection.pendingResponses.length === 1) return handler(request, response)
      const line = lines.get(connection) ?? []
      lines.set(connection, line)
      line.push(() => handler(request, response))
      advance(connection, line)
    })
  }
  connections.onSettled((connection) => {
    const line = lines.get(connection)
    if (line !== undefined) advance(connection, line)
  })
}
