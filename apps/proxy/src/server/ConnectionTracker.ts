import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Server as TlsServer } from "node:tls"

/** A connection over which requests come, behind TLS if there is any. */
export interface Connection {
  readonly socket: Socket
  /** Answers that are owed, or not yet handed to the system whole, in the order of their requests. */
  readonly pendingResponses: ReadonlyArray<ServerResponse>
  /** Since when nothing is owed, in milliseconds of `performance.now()`. */
  readonly idleSince: number
  /** Whether a part of a request has come since then. */
  readonly hasBegun: boolean
}

/** How many bytes of a connection's answers the system has not taken yet. */
export const unsentBytes = ({ pendingResponses }: Connection): number => {
  let bytes = 0
  for (const { writableLength } of pendingResponses) bytes += writableLength
  return bytes
}

/** The connections that a server has, and what it owes each. */
export interface ConnectionTracker {
  readonly all: () => Iterable<Connection>
  /** `undefined` once it is closed. */
  readonly of: (socket: Socket) => Connection | undefined
  /** Calls back for each that is opened from now on. */
  readonly onOpen: (listener: (connection: Connection) => void) => void
  /** Calls back whenever one that stays open has been given an answer whole. */
  readonly onSettled: (listener: (connection: Connection) => void) => void
  /** Destroys all of them, and those that have not finished their handshake. */
  readonly destroyAll: () => void
}

class Tracked implements Connection {
  readonly socket: Socket
  readonly pendingResponses: Array<ServerResponse> = []
  idleSince = performance.now()
  #bytesRead: number

  constructor(socket: Socket) {
    this.socket = socket
    this.#bytesRead = socket.bytesRead
  }

  get hasBegun(): boolean {
    return this.socket.bytesRead > this.#bytesRead
  }

  settle(response: ServerResponse): void {
    // Nearly always the first, and the only one.
    if (this.pendingResponses[0] === response) this.pendingResponses.shift()
    else this.pendingResponses.splice(this.pendingResponses.indexOf(response), 1)
    this.idleSince = performance.now()
    this.#bytesRead = this.socket.bytesRead
  }
}

/** Follows the connections of a server, from before it listens. */
export const trackConnections = (server: Server): ConnectionTracker => {
  const accepted = new Set<Socket>()
  const open = new Map<Socket, Tracked>()
  const opened: Array<(connection: Connection) => void> = []
  const settled: Array<(connection: Connection) => void> = []

  server.on("connection", (socket) => {
    accepted.add(socket)
    socket.once("close", () => accepted.delete(socket))
  })
  // Over TLS the socket that requests come from is another than the one that was accepted.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    const connection = new Tracked(socket)
    open.set(socket, connection)
    socket.once("close", () => open.delete(socket))
    for (const listener of opened) listener(connection)
  })

  /** One function for all answers: a hit costs little enough that a closure and a wrapper for each would show. */
  const settle = function (this: ServerResponse) {
    const { socket } = this.req
    const connection = open.get(socket)
    if (connection === undefined) return
    connection.settle(this)
    if (!socket.destroyed) for (const listener of settled) listener(connection)
  }
  for (const event of ["request", "checkContinue"] as const) {
    server.prependListener(event, ({ socket }, response) => {
      const connection = open.get(socket)
      if (connection === undefined) return
      connection.pendingResponses.push(response)
      // Closed when the system has taken the last byte; not told of answers whose turn never comes.
      response.on("close", settle)
    })
  }

  return {
    all: () => open.values(),
    of: (socket) => open.get(socket),
    onOpen: (listener) => void opened.push(listener),
    onSettled: (listener) => void settled.push(listener),
    destroyAll: () => {
      for (const socket of accepted) socket.destroy()
    }
  }
}
