import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { exchange } from "./edge/Exchange.ts"
import { defaultLimits } from "./edge/Limits.ts"
import { defaultPublicHosts, publicHosts } from "./edge/PublicHosts.ts"
import { layer as serverLayer, type ServerOptions } from "./edge/Server.ts"
import { Routes } from "./Routes.ts"

/** What the proxy is told before it starts. */
export interface ProxyOptions extends ServerOptions {
  /**
   * Names by which callers reach the proxy, such as `cbr.example.org`. Defaults
   * to those of the machine itself, and the address listened on.
   */
  readonly public_hosts?: ReadonlyArray<string> | undefined
}

/**
 * The proxy, serving as long as the layer lives. Its `Listener` tells the URL.
 *
 * @example
 * ```ts
 * Proxy.layer({ host: "127.0.0.1", port: 0 }).pipe(
 *   Layer.provide([Callers.layerSingle(key), BackupClient.layer, NodeCrypto.layerSecureRandom])
 * )
 * ```
 */
export const layer = ({ limits = defaultLimits, public_hosts, ...options }: ProxyOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const server = yield* HttpServer.HttpServer
      const rules = { limits, publicHosts: publicHosts(public_hosts ?? defaultPublicHosts(options.host)) }
      yield* server.serve(exchange(yield* HttpRouter.toHttpEffect(Routes), rules))
    })
  ).pipe(
    Layer.provideMerge(serverLayer({ ...options, limits })),
    Layer.provide([
      strictRouting,
      withoutRawTargets,
      Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(limits.bodyBytes))
    ])
  )

/** The framework's own span would hold the raw target, and with it whatever a caller wrote there. */
const withoutRawTargets = Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true)

/** A path is served in one spelling. Ids of any length reach the check that names what is wrong with them. */
const strictRouting = Layer.succeed(HttpRouter.RouterConfig, {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 2_048
})
