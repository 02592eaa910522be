import type { Server } from "node:http"
import * as Duration from "effect/Duration"
import type { HttpLimits } from "../http/HttpLimits.ts"
import { peerOf } from "../net/peerOf.ts"
import type { Connection, ConnectionTracker } from "./ConnectionTracker.ts"

/**
 * Holds a server's connections to the limits that Node has no word for: so
 * many for each address, so old and no older, and none whose peer asks without
 * reading the answers.
 */
export const limitConnections = (server: Server, connections: ConnectionTracker, limits: HttpLimits): void => {
  const open = new Map<string, number>()
  const old = new WeakSet<Connection>()

  server.maxConnections = limits.connections
  server.on("connection", (socket) => {
    const peer = peerOf(socket.remoteAddress)
    const others = open.get(peer) ?? 0
    if (others >= limits.connectionsPerAddress) return void socket.destroy()
    open.set(peer, others + 1)
    socket.once("close", () => {
      const left = (open.get(peer) ?? 1) - 1
      if (left === 0) open.delete(peer)
      else open.set(peer, left)
    })
  })

  connections.onOpen((connection) => {
    const { socket } = connection
    const cutUnread = () => {
      // An answer that is not read in this time never is; a stream that is read has an end of its own.
      if (socket.writableLength > 0) socket.destroy()
      else ageing = setTimeout(cutUnread, Duration.toMillis(limits.idleTime))
    }
    let ageing = setTimeout(() => {
      old.add(connection)
      if (connection.pendingResponses.length === 0) socket.destroySoon()
      ageing = setTimeout(cutUnread, Duration.toMillis(limits.idleTime))
    }, Duration.toMillis(limits.connectionAge))
    socket.once("close", () => clearTimeout(ageing))
  })
  connections.onSettled((connection) => {
    if (connection.pendingResponses.length === 0 && old.has(connection)) connection.socket.destroySoon()
  })

  server.timeout = Duration.toMillis(limits.idleTime)
  server.keepAliveTimeout = Duration.toMillis(limits.idleTime)
  server.on("timeout", (socket) => {
    // A silent connection may wait for an answer that the cloud still owes; one that leaves bytes unread does not.
    if ((connections.of(socket)?.pendingResponses.length ?? 0) === 0 || socket.writableLength > 0) socket.destroy()
  })
}
