import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { exchange } from "./edge/Exchange.ts"
import { layer as serverLayer, type ServerOptions } from "./edge/Server.ts"
import { Routes } from "./Routes.ts"

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
export const layer = (options: ServerOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const server = yield* HttpServer.HttpServer
      yield* server.serve(exchange(yield* HttpRouter.toHttpEffect(Routes)))
    })
  ).pipe(Layer.provideMerge(serverLayer(options)), Layer.provide(strictRouting))

/** A path is served in one spelling. Ids of any length reach the check that names what is wrong with them. */
const strictRouting = Layer.succeed(HttpRouter.RouterConfig, {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 2_048
})
