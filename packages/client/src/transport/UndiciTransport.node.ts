import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { InvalidRequest } from "../ShowBackupError.ts"
import { withExchange } from "./Exchange.ts"
import { check, type TransportSettings } from "./TransportSettings.node.ts"
import { undiciExchange } from "./UndiciExchange.node.ts"

/**
 * HTTP by undici, by way of a proxy and with authorities of one's own: for
 * servers. Connections are kept until the layer's scope closes.
 *
 * Fails with `InvalidRequest` on settings that cannot be used.
 *
 * @example
 * ```ts
 * layerUndici({ caFile: "/etc/ssl/company.pem" })
 * ```
 */
export const layerUndici = (settings: TransportSettings): Layer.Layer<HttpClient.HttpClient, InvalidRequest> =>
  // Fresh: built once for a whole program, it would have the settings of whichever came first.
  Layer.fresh(layerUndiciNoDispatcher).pipe(
    Layer.provide(Layer.effect(NodeHttpClient.Dispatcher, dispatcher(settings)))
  )

/** HTTP by whatever dispatcher of undici there is. */
export const layerUndiciNoDispatcher: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> =
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(Effect.all([HttpClient.HttpClient, NodeHttpClient.Dispatcher]), ([client, dispatcher]) =>
      withExchange(client, undiciExchange(dispatcher))
    )
  ).pipe(Layer.provide(NodeHttpClient.layerUndiciNoDispatcher))

const dispatcher = Effect.fnUntraced(function* (settings: TransportSettings) {
  const { ca, httpsProxy, noProxy } = yield* check(settings)
  const { Agent, EnvHttpProxyAgent } = yield* Effect.promise(() => import("@effect/platform-node/Undici"))
  const tls = ca === undefined ? {} : { ca }
  return yield* Effect.acquireRelease(
    Effect.sync(() =>
      httpsProxy === undefined
        ? new Agent({ connect: tls })
        : // An absent value would be read from the environment.
          new EnvHttpProxyAgent({
            httpProxy: "",
            httpsProxy,
            noProxy: noProxy ?? "",
            connect: tls,
            requestTls: tls,
            proxyTls: tls
          })
    ),
    (acquired) => Effect.promise(() => acquired.destroy())
  )
})
