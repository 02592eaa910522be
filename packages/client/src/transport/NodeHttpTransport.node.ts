import { Agent, type AgentOptions } from "node:http"
import type * as Https from "node:https"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { InvalidRequest } from "../ShowBackupError.ts"
import { withExchange } from "./Exchange.ts"
import { nodeHttpExchange } from "./NodeHttpExchange.node.ts"
import { check, type TransportSettings } from "./TransportSettings.node.ts"

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
 */
export const layerNodeHttp = (settings: TransportSettings): Layer.Layer<HttpClient.HttpClient, InvalidRequest> =>
  Layer.unwrap(
    Effect.map(check(settings), ({ ca, httpsProxy, noProxy }) =>
      // Fresh: built once for a whole program, it would have the settings of whichever came first.
      Layer.fresh(layerNodeHttpNoAgent).pipe(
        Layer.provide(
          agents({
            keepAlive: true,
            // Without one, the agent ignores how long a server says that it keeps a connection (`Keep-Alive: timeout=2`).
            timeout: idleTimeout,
            ...(ca === undefined ? {} : { ca }),
            ...(httpsProxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy } })
          })
        )
      )
    )
  )

/** Milliseconds that an idle connection is kept, where the server names no shorter time. */
const idleTimeout = 60_000

/** HTTP by `node:http` and whatever agents there are. */
export const layerNodeHttpNoAgent: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.HttpAgent> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(Effect.all([HttpClient.HttpClient, NodeHttpClient.HttpAgent]), ([client, agent]) =>
    withExchange(client, nodeHttpExchange(agent))
  )
).pipe(Layer.provide(NodeHttpClient.layerNodeHttpNoAgent))

/** An agent for each scheme, made at its first request: `node:https` reads every root certificate as it is loaded. */
const agents = (options: Https.AgentOptions & AgentOptions): Layer.Layer<NodeHttpClient.HttpAgent> =>
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
            return (https ??= new (process.getBuiltinModule("node:https").Agent)(options))
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
