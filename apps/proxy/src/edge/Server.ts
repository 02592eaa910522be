import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"

/** Where to listen. */
export interface ServerOptions {
  /** Address of an interface; `127.0.0.1` is reachable from this machine alone. */
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
}

/** The listening socket, beyond what an `HttpServer` tells of it. */
export class Listener extends Context.Service<
  Listener,
  {
    /** Origin under which the server is reached, such as `http://127.0.0.1:8080`. */
    readonly url: string
    /** Whether the server only finishes what it has begun. */
    readonly isDraining: Effect.Effect<boolean>
  }
>()("@cbr/proxy/Listener") {}

/** Longer than a call's deadline, so that draining cuts nothing short. */
const grace = Duration.seconds(25)

/**
 * An HTTP/1.1 server with limits that a slow, greedy or stuck peer runs into.
 * When the layer ends, new connections are refused and requests in flight get
 * 25 s to finish; then their connections are closed.
 */
export const layer = (options: ServerOptions): Layer.Layer<HttpServer.HttpServer | Listener, ServeError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const node = createServer({
        headersTimeout: 5_000,
        requestTimeout: 10_000,
        connectionsCheckingInterval: 1_000,
        keepAliveTimeout: 60_000,
        maxHeaderSize: 16 * 1024,
        requireHostHeader: false
      })
      node.maxConnections = 2_048
      node.maxRequestsPerSocket = 1_000
      const server = yield* NodeHttpServer.make(() => node, { ...options, gracefulShutdownTimeout: grace })
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
      const { address, family, port } = node.address() as AddressInfo
      return Context.make(HttpServer.HttpServer, server).pipe(
        Context.add(Listener, {
          url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
          isDraining: Effect.sync(() => !node.listening)
        })
      )
    })
  )
