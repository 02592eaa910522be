import type { LookupFunction } from "node:net"
import { omitUndefined } from "@cbr/domain"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import { routed } from "./ProxyRoute.node.ts"
import { withRawTransport } from "./RawTransport.ts"
import { check, type TransportSettings } from "./TransportSettings.node.ts"
import { undiciExchange } from "./UndiciRawTransport.node.ts"

/**
 * Settings of {@link layerUndici}.
 * @category Transports
 * @since 0.2.0
 */
export interface UndiciSettings extends TransportSettings {
  /** How a name is resolved where a call goes straight; as the system does it by default. A proxy resolves for itself. */
  readonly lookup?: LookupFunction | undefined
}

/**
 * HTTP by undici, by way of a proxy and with authorities of one's own: for
 * servers. Connections are kept until the layer's scope closes.
 *
 * Fails with `InvalidRequest` on settings that cannot be used, and in Bun,
 * whose undici is a stand-in that sends nothing.
 *
 * @example
 * ```ts
 * layerUndici({ caFile: "/etc/ssl/company.pem" })
 * ```
 * @category Transports
 * @since 0.1.0
 */
export const layerUndici = (settings: UndiciSettings): Layer.Layer<HttpClient.HttpClient, InvalidRequest> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const checked = yield* check(settings)
      const { ca, httpsProxy: uri } = checked
      const tls = omitUndefined({ ca })
      const { lookup } = settings
      const connect = lookup === undefined ? tls : { ...tls, lookup }
      const direct = yield* built(({ Agent }) => new Agent({ connect }))
      if (uri === undefined) return direct
      const proxied = yield* built(({ ProxyAgent }) => new ProxyAgent({ uri, requestTls: tls, proxyTls: tls }))
      return routed(checked, { direct, proxied })
    })
  )

/** Fresh: built once for a whole program, it would have the settings of whichever came first. */
const built = (make: (undici: typeof Undici) => Undici.Dispatcher) =>
  Effect.map(
    Layer.build(
      Layer.fresh(
        Layer.provide(
          layerUndiciNoDispatcher,
          Layer.effect(
            NodeHttpClient.Dispatcher,
            Effect.flatMap(
              Effect.promise(() => import("@effect/platform-node/Undici")),
              (undici) =>
                Effect.acquireRelease(dispatcherOf(make(undici)), (made) => Effect.promise(() => made.destroy()))
            )
          )
        )
      )
    ),
    (context) => Context.get(context, HttpClient.HttpClient)
  )

/** The stand-in for undici has its classes and none of their methods. */
const dispatcherOf = (made: Undici.Dispatcher) =>
  typeof made.dispatch === "function"
    ? Effect.succeed(made)
    : Effect.fail(new InvalidRequest({ detail: { code: "undici-missing" } }))

/**
 * HTTP by whatever dispatcher of undici there is.
 * @category Transports
 * @since 0.1.0
 */
export const layerUndiciNoDispatcher: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> =
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(Effect.all([HttpClient.HttpClient, NodeHttpClient.Dispatcher]), ([client, dispatcher]) =>
      withRawTransport(client, undiciExchange(dispatcher))
    )
  ).pipe(Layer.provide(NodeHttpClient.layerUndiciNoDispatcher))
