import { Agent, type AgentOptions } from "node:http"
import type * as Https from "node:https"
import { omitUndefined } from "@cbr/domain"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { InvalidRequest } from "../errors/ShowBackupError.ts"
import { nodeHttpExchange } from "./NodeHttpRawTransport.node.ts"
import { routed } from "./ProxyRoute.node.ts"
import { withRawTransport } from "./RawTransport.ts"
import { check, type TransportSettings } from "./TransportSettings.node.ts"
import { tunnelAgent } from "./TunnelAgent.node.ts"

/**
 * HTTP by `node:http`, by way of a proxy and with authorities of one's own.
 * The lightest to load: for programs that make a call and end.
 * Connections are kept until the layer's scope closes.
 *
 * Fails with `InvalidRequest` on settings that cannot be used.
 *
 * @example
 * ```ts
 * layerNodeHttp({ httpsProxy: Redacted.make("http://proxy.example:3128"), noProxy: "localhost,.internal" })
 * ```
 * @category Transports
 * @since 0.1.0
 */
export const layerNodeHttp = (settings: TransportSettings): Layer.Layer<HttpClient.HttpClient, InvalidRequest> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const checked = yield* check(settings)
      const { ca, httpsProxy } = checked
      // Without a timeout, the agent ignores how long a server says that it keeps a connection (`Keep-Alive: timeout=2`).
      const own = { keepAlive: true, timeout: idleTimeout, ...omitUndefined({ ca }) }
      const direct = yield* built(own)
      if (httpsProxy === undefined) return direct
      return routed(checked, { direct, proxied: yield* built(own, new URL(httpsProxy)) })
    })
  )

/** Fresh: built once for a whole program, it would have the settings of whichever came first. */
const built = (options: Options, proxy?: URL) =>
  Effect.map(Layer.build(Layer.fresh(Layer.provide(layerNodeHttpNoAgent, agents(options, proxy)))), (context) =>
    Context.get(context, HttpClient.HttpClient)
  )

type Options = AgentOptions & { readonly ca?: Array<string> }

/** Milliseconds that an idle connection is kept, where the server names no shorter time. */
const idleTimeout = 60_000

/** HTTP by `node:http` and whatever agents there are. */
export const layerNodeHttpNoAgent: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.HttpAgent> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(Effect.all([HttpClient.HttpClient, NodeHttpClient.HttpAgent]), ([client, agent]) =>
    withRawTransport(client, nodeHttpExchange(agent))
  )
).pipe(Layer.provide(NodeHttpClient.layerNodeHttpNoAgent))

/** An agent for each scheme, made at its first request: `node:https` reads every root certificate as it is loaded. */
const agents = (options: Options, proxy: URL | undefined): Layer.Layer<NodeHttpClient.HttpAgent> =>
  Layer.effect(
    NodeHttpClient.HttpAgent,
    Effect.acquireRelease(
      Effect.sync(() => {
        let http: Agent | undefined
        let https: Https.Agent | undefined
        return {
          get http() {
            return (http ??= new Agent(options))
          },
          get https() {
            return (https ??=
              proxy === undefined
                ? new (process.getBuiltinModule("node:https").Agent)(options)
                : tunnelAgent(proxy, options))
          },
          destroy: () => {
            http?.destroy()
            https?.destroy()
          }
        }
      }),
      ({ destroy }) => Effect.sync(destroy)
    )
  )
