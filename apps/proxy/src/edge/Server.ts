import { createServer, type Server } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Lifecycle } from "../Lifecycle.ts"
import { limitConnections } from "./Connections.ts"
import { defaultLimits, type Limits } from "./Limits.ts"
import { answerParserFaults } from "./ParserFaults.ts"
import { type Shortcut, withShortcut } from "./Shortcut.ts"
import type { TlsIdentity } from "./Tls.ts"
import { unparsedAnswer } from "./UnparsedAnswer.ts"

/** Where to listen, and to how much. */
export interface ServerOptions {
  /** Address of an interface; `127.0.0.1` is reachable from this machine alone. */
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Defaults to {@link defaultLimits}. */
  readonly limits?: Limits | undefined
  /** Serves TLS 1.2 and later with it; plain HTTP without. */
  readonly tls?: TlsIdentity | undefined
  /** How long requests in flight have to end when the layer does; 25 s by default, which is longer than a deadline. */
  readonly grace?: Duration.Duration | undefined
}

/** The listening socket, beyond what an `HttpServer` tells of it. */
export class Listener extends Context.Service<
  Listener,
  {
    /** Origin under which the server is reached, such as `http://127.0.0.1:8080`. */
    readonly url: string
    /** Whether the server only finishes what it has begun. */
    readonly isDraining: Effect.Effect<boolean>
    /** Has each request answered by this, if it can, ahead of the app. */
    readonly answerAhead: (shortcut: Shortcut) => void
  }
>()("@cbr/proxy/Listener") {}

/**
 * An HTTP/1.1 server with limits that a slow, greedy or stuck peer runs into.
 * What its parser refuses is answered as a problem too. When the layer ends,
 * new connections are refused and requests in flight get their grace to
 * finish; then their connections are closed.
 */
export const layer = ({
  grace = Duration.seconds(25),
  host,
  limits = defaultLimits,
  port,
  tls
}: ServerOptions): Layer.Layer<HttpServer.HttpServer | Listener, ServeError, Lifecycle | SecureRandom.SecureRandom> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const lifecycle = yield* Lifecycle
      const settings = {
        headersTimeout: Duration.toMillis(limits.headTime),
        requestTimeout: Duration.toMillis(limits.requestTime),
        connectionsCheckingInterval: Duration.toMillis(limits.checkInterval),
        maxHeaderSize: limits.headBytes,
        requireHostHeader: false
      }
      const node =
        tls === undefined
          ? createServer(settings)
          : createTlsServer({
              ...settings,
              cert: tls.cert,
              key: Redacted.value(tls.key),
              minVersion: "TLSv1.2",
              handshakeTimeout: settings.headersTimeout
            })
      // All fields reach the rules, which count them: beyond a cap of its own the parser drops them without a word.
      node.maxHeadersCount = 0
      // The rules answer an expectation that is none of HTTP's, in the words of all other answers.
      node.on("checkExpectation", (request, response) => node.emit("request", request, response))
      limitConnections(node, limits)
      answerParserFaults(node, yield* FiberSet.makeRuntime<SecureRandom.SecureRandom>(), unparsedAnswer)

      const server = yield* NodeHttpServer.make(() => node, { host, port, gracefulShutdownTimeout: grace })
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
      const { address, family, port: bound } = node.address() as AddressInfo
      let ahead: Shortcut = () => false
      const shortcut: Shortcut = (request, response) => ahead(request, response)
      return Context.make(HttpServer.HttpServer, withoutUpgrades(server, node, shortcut)).pipe(
        Context.add(Listener, {
          url: `${tls === undefined ? "http" : "https"}://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
          isDraining: Effect.map(lifecycle.phase, (phase) => phase === "draining" || !node.listening),
          answerAhead: (shortcut) => void (ahead = shortcut)
        })
      )
    })
  )

/** An invitation to upgrade may be ignored, and is: without this the connection leaves HTTP, and with it these rules. */
const withoutUpgrades = (
  server: HttpServer.HttpServer["Service"],
  node: Server,
  shortcut: Shortcut
): HttpServer.HttpServer["Service"] =>
  HttpServer.make({
    address: server.address,
    serve: (app, middleware) =>
      Effect.andThen(
        withShortcut(node, shortcut, server.serve(app, middleware!)),
        Effect.sync(() => node.removeAllListeners("upgrade"))
      )
  })
