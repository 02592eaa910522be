import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Server as TlsServer } from "node:tls"

/** A connection over which requests come, behind TLS if there is any. */
export class Connection {
  readonly socket: Socket
  readonly #pending: Array<ServerResponse> = []
  #idleSince = performance.now()
  #bytesRead: number

  constructor(socket: Socket) {
    this.socket = socket
    this.#bytesRead = socket.bytesRead
  }

  /** Responses that are owed, or not yet handed to the system whole, in the order of their requests. */
  get pendingResponses(): ReadonlyArray<ServerResponse> {
    return this.#pending
  }

  /** Time at which the last response was settled, in milliseconds of `performance.now()`. */
  get idleSince(): number {
    return this.#idleSince
  }

  /** Whether a part of a request has come since then. */
  get hasBegun(): boolean {
    return this.socket.bytesRead > this.#bytesRead
  }

  /** Bytes of its responses that the system has not taken yet. */
  get unsentBytes(): number {
    let bytes = 0
    for (const { writableLength } of this.#pending) bytes += writableLength
    return bytes
  }

  owe(response: ServerResponse): void {
    this.#pending.push(response)
  }

  settle(response: ServerResponse): void {
    // Nearly always the first, and the only one.
    if (this.#pending[0] === response) this.#pending.shift()
    else this.#pending.splice(this.#pending.indexOf(response), 1)
    this.#idleSince = performance.now()
    this.#bytesRead = this.socket.bytesRead
  }
}

/** The connections of a server, and the responses that it owes each. */
export type ConnectionTracker = ReturnType<typeof trackConnections>

/** Follows the connections of a server, from before it listens. */
export const trackConnections = (server: Server) => {
  const accepted = new Set<Socket>()
  const open = new Map<Socket, Connection>()
  const opened: Array<(connection: Connection) => void> = []
  const settled: Array<(connection: Connection) => void> = []

  server.on("connection", (socket) => {
    accepted.add(socket)
    socket.once("close", () => accepted.delete(socket))
  })
  // Over TLS the socket that requests come from is another than the one that was accepted.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    const connection = new Connection(socket)
    open.set(socket, connection)
    socket.once("close", () => open.delete(socket))
    for (const listener of opened) listener(connection)
  })

  /** One function for all responses: a hit costs little enough that a closure and a wrapper for each would show. */
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
      connection.owe(response)
      // Closed when the system has taken the last byte; not told of responses whose turn never comes.
      response.on("close", settle)
    })
  }

  return {
    all: (): Iterable<Connection> => open.values(),
    /** `undefined` once it is closed. */
    of: (socket: Socket): Connection | undefined => open.get(socket),
    /** Calls back for each connection that is opened from now on. */
    onOpen: (listener: (connection: Connection) => void): void => void opened.push(listener),
    /** Calls back whenever a connection that stays open has been given a response whole. */
    onSettled: (listener: (connection: Connection) => void): void => void settled.push(listener),
    /** Destroys all of them, and those that have not finished their handshake. */
    destroyAll: (): void => {
      for (const socket of accepted) socket.destroy()
    }
  }
}
