import { readFileSync } from "node:fs"
import { createServer, type AddressInfo, type Socket } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { Effect } from "effect"

/** One request as it came, and the socket to answer on with raw bytes. */
export interface Incoming {
  readonly socket: Socket
  /** Counted from 0, over all connections. */
  readonly nth: number
  /** Counted from 0, on this connection. */
  readonly nthOfSocket: number
  /** The request's head. */
  readonly head: string
  /** Another origin, where nothing must come. */
  readonly elsewhere: string
}

export type Serve = (incoming: Incoming) => void

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url))

/** A TCP server that answers requests with whatever bytes a fault wants, and counts what comes to it. */
export const faultServer = (serve: Serve, options: { readonly tls?: boolean; readonly elsewhere?: string } = {}) =>
  Effect.acquireRelease(
    Effect.callback<FaultServer>((resume) => {
      const open = new Set<Socket>()
      const seen = { requests: 0, connections: 0 }
      const onConnection = (socket: Socket) => {
        seen.connections++
        let nthOfSocket = 0
        let head = ""
        socket.on("data", (chunk) => {
          head += chunk.toString("latin1")
          const end = head.indexOf("\r\n\r\n")
          if (end === -1) return
          const whole = head.slice(0, end)
          head = head.slice(end + 4)
          serve({
            socket,
            nth: seen.requests++,
            nthOfSocket: nthOfSocket++,
            head: whole,
            elsewhere: options.elsewhere ?? ""
          })
        })
      }
      const server =
        options.tls === true
          ? createTlsServer(
              { key: fixture("self-signed.key.pem"), cert: fixture("self-signed.cert.pem") },
              onConnection
            )
          : createServer(onConnection)
      server.on("connection", (socket: Socket) => {
        open.add(socket)
        socket.on("error", () => {})
        socket.once("close", () => open.delete(socket))
      })
      server.on("tlsClientError", () => {})
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const origin = `${options.tls === true ? "https" : "http"}://127.0.0.1:${port}`
        resume(Effect.succeed({ origin, open, seen, close: () => server.close() }))
      })
    }),
    ({ close, open }) =>
      Effect.sync(() => {
        close()
        for (const socket of open) socket.destroy()
      })
  )

export interface FaultServer {
  readonly origin: string
  /** Sockets that the server holds open. */
  readonly open: ReadonlySet<Socket>
  readonly seen: { readonly requests: number; readonly connections: number }
  readonly close: () => void
}

/** A response's bytes, with a true length unless told otherwise. */
export const response = (status: string, body: string | Uint8Array = "", headers: Record<string, string> = {}) => {
  const lines = Object.entries({ "Content-Length": `${Buffer.byteLength(body)}`, ...headers })
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`), Buffer.from(body)])
}
