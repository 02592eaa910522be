import { readFileSync } from "node:fs"
import { createServer as createHttpServer, type RequestListener } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net"
import { Effect } from "effect"

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

const listen = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly sockets: ReadonlySet<Socket> }>((resume) => {
      const sockets = new Set<Socket>()
      server.on("connection", (socket: Socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.once("close", () => sockets.delete(socket))
      })
      server.listen(0, "127.0.0.1", () => {
        resume(Effect.succeed({ port: (server.address() as AddressInfo).port, sockets }))
      })
    }),
    ({ sockets }) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )

/** A server of raw bytes, for what no HTTP server would send. */
export const tcpServer = (onConnection: (socket: Socket) => void) => listen(createTcpServer(onConnection))

export const httpServer = (onRequest: RequestListener) => listen(createHttpServer(onRequest))

/** A server with a certificate for 127.0.0.1 that no authority signed. */
export const selfSignedServer = listen(
  createTlsServer({ key: fixture("self-signed.key.pem"), cert: fixture("self-signed.cert.pem") }, (_, response) => {
    response.end("never reached")
  })
)

/** A port of loopback where nothing listens. */
export const closedPort = Effect.map(Effect.scoped(Effect.suspend(() => tcpServer(() => {}))), ({ port }) => port)
