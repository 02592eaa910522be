import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"
import { Server as TlsServer } from "node:tls"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type { ServeError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { defaultHttpLimits, type HttpLimits } from "../http/HttpLimits.ts"
import { secureOptions, type TlsIdentity } from "../http/Tls.ts"
import { Lifecycle } from "../process/Lifecycle.ts"
import { handleClientErrors } from "./ClientErrorHandler.ts"
import { limitConnections } from "./ConnectionLimits.ts"
import { trackConnections } from "./ConnectionTracker.ts"
import { defaultDrainTimes, drain, nextLoopTick, type DrainTimes } from "./Drain.ts"
import { limitPipelining } from "./Pipelining.ts"
import { rawErrorResponse } from "./RawErrorResponse.ts"
import { limitSendBuffers } from "./SendBufferLimit.ts"

/** The address to listen on, and the limits. */
export interface ServerOptions {
  /** Address of an interface; `127.0.0.1` is reachable from this machine alone. */
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Whether other processes may listen on the same port; the system then spreads connections over them. */
  readonly reusePort?: boolean | undefined
  /** Defaults to {@link defaultHttpLimits}. */
  readonly limits?: HttpLimits | undefined
  /** Serves TLS 1.2 and later with it; plain HTTP without. */
  readonly tls?: TlsIdentity | undefined
  /** Times of the drain when the layer ends; defaults to {@link defaultDrainTimes}. */
  readonly drainTimes?: DrainTimes | undefined
}

/** The handlers of a request. */
export interface RequestHandler {
  /** Answers a request at once, or later, without a fiber; or leaves it to the rest, now or later. */
  readonly first: (request: IncomingMessage, response: ServerResponse, rest: () => void) => void
  /** Answers what the first has left, or begun. */
  readonly rest: Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    never,
    HttpServerRequest.HttpServerRequest | Scope.Scope
  >
}

/** The listening socket. */
export class Listener extends Context.Service<
  Listener,
  {
    /** Origin under which the server is reached, such as `http://127.0.0.1:8080`. */
    readonly url: string
    /**
     * Whether the connection ends with the answer to this request: the server
     * is draining, and the client has sent no other behind it.
     */
    readonly endsHere: Effect.Effect<boolean, never, HttpServerRequest.HttpServerRequest>
    /** Answers requests as long as the scope lasts; before it ends, all that were begun are finished. */
    readonly serve: (handler: RequestHandler) => Effect.Effect<void, never, Scope.Scope>
    /** Shows another identity to clients that connect from now on; does nothing where the server speaks no TLS. */
    readonly identify: (identity: TlsIdentity) => void
  }
>()("@cbr/proxy/Listener") {}

/**
 * An HTTP/1.1 server with limits that a slow, greedy or stuck peer runs into.
 * A request that its parser refuses is answered with a problem too. When the layer ends,
 * new connections are refused and requests in flight get their grace to
 * finish, to the last byte; then their connections are closed.
 */
export const layer = ({
  host,
  limits = defaultHttpLimits,
  drainTimes = defaultDrainTimes,
  port,
  reusePort = false,
  tls
}: ServerOptions): Layer.Layer<Listener, ServeError, Lifecycle | SecureRandom.SecureRandom> =>
  Layer.effect(
    Listener,
    Effect.gen(function* () {
      const lifecycle = yield* Lifecycle
      const settings = {
        headersTimeout: Duration.toMillis(limits.headTime),
        requestTimeout: Duration.toMillis(limits.requestTime),
        connectionsCheckingInterval: Duration.toMillis(limits.checkInterval),
        maxHeaderSize: limits.headBytes,
        // Node makes no stream of events for the body that most requests do not have. An earlier Node ignores it.
        optimizeEmptyRequests: true,
        requireHostHeader: false
      }
      const node =
        tls === undefined
          ? createServer(settings)
          : createTlsServer({
              ...settings,
              ...secureOptions(tls),
              handshakeTimeout: settings.headersTimeout
            })
      // All fields reach the rules, which count them: beyond a cap of its own the parser drops them without a word.
      node.maxHeadersCount = 0
      // The rules answer an expectation that is none of HTTP's, in the words of all other answers.
      node.on("checkExpectation", (request, response) => node.emit("request", request, response))
      const connections = trackConnections(node)
      limitConnections(node, connections, limits)
      yield* limitSendBuffers(connections, limits)
      handleClientErrors(node, connections, yield* FiberSet.makeRuntime<SecureRandom.SecureRandom>(), rawErrorResponse)

      const server = yield* NodeHttpServer.make(() => node, { host, port, reusePort, disablePreemptiveShutdown: true })
      const { address, family, port: bound } = node.address() as AddressInfo
      const answers = yield* Latch.make(true)
      const endsHere = Effect.gen(function* () {
        if (!lifecycle.isDraining() && node.listening) return false
        // Requests that came with this one are read first: an answer that ends the connection would leave them without.
        yield* nextLoopTick
        yield* answers.await
        const request = yield* HttpServerRequest.HttpServerRequest
        const { socket } = NodeHttpServerRequest.toIncomingMessage(request)
        return connections.of(socket)?.pendingResponses.at(-1) === NodeHttpServerRequest.toServerResponse(request)
      })
      const serve = Effect.fnUntraced(function* ({ first, rest }: RequestHandler) {
        const before = new Set(node.listeners("request"))
        yield* server.serve(rest)
        const inEffect = node.listeners("request").find((listener) => !before.has(listener)) as RequestListener
        node.off("request", inEffect)
        node.on("request", (request, response) => first(request, response, () => inEffect(request, response)))
        // An invitation to upgrade may be ignored, and is: without this the connection leaves HTTP, and with it these rules.
        node.removeAllListeners("upgrade")
        limitPipelining(node, connections, limits)
        // Added behind the handler's own finalizers, so it runs before they take the handler away.
        yield* Effect.addFinalizer(() => drain(node, connections, answers, drainTimes))
      })
      return {
        url: `${tls === undefined ? "http" : "https"}://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
        endsHere,
        serve,
        identify: (identity) => {
          if (node instanceof TlsServer) node.setSecureContext(secureOptions(identity))
        }
      }
    })
  )
