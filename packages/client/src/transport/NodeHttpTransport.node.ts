import { Agent, type AgentOptions, request as httpRequest } from "node:http"
import type * as Https from "node:https"
import { omitUndefined } from "@cbr/domain"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { InvalidRequest } from "../errors/ShowBackupError.ts"
import { bodyOf, callbackTransport } from "./CallbackTransport.ts"
import { routed } from "./ProxyRoute.node.ts"
import { type RawTransport, withRawTransport } from "./RawTransport.ts"
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

/** A client with agents of its own, whose connections end with the scope. */
const built = (options: Options, proxy?: URL) =>
  Effect.flatMap(agents(options, proxy), (own) => Effect.provideService(overAgents, NodeHttpClient.HttpAgent, own))

/** HTTP by the agents of the context. */
export const overAgents = Effect.gen(function* () {
  return withRawTransport(yield* NodeHttpClient.makeNodeHttp, nodeHttpExchange(yield* NodeHttpClient.HttpAgent))
})

type Options = AgentOptions & { readonly ca?: Array<string> }

/** Milliseconds that an idle connection is kept, where the server names no shorter time. */
const idleTimeout = 60_000

/** An agent for each scheme, made at its first request: `node:https` reads every root certificate as it is loaded. */
const agents = (options: Options, proxy: URL | undefined) => {
  let http: Agent | undefined
  let https: Https.Agent | undefined
  const make = Effect.sync(() =>
    NodeHttpClient.HttpAgent.of({
      get http() {
        return (http ??= new Agent(options))
      },
      get https() {
        return (https ??=
          proxy === undefined
            ? new (process.getBuiltinModule("node:https").Agent)(options)
            : tunnelAgent(proxy, options))
      }
    })
  )
  return Effect.acquireRelease(make, () =>
    Effect.sync(() => {
      http?.destroy()
      https?.destroy()
    })
  )
}

/** Exchanges by `node:http`, or `node:https` where the address says so. */
const nodeHttpExchange = (agent: NodeHttpClient.HttpAgent["Service"]): RawTransport =>
  callbackTransport((request, url, { end, fail: failed, head, piece }) => {
    const isHttps = url.protocol === "https:"
    // Loaded with its first call: `node:https` reads every root certificate.
    const send = isHttps ? process.getBuiltinModule("node:https").request : httpRequest
    const sent = send(url, {
      agent: isHttps ? agent.https : agent.http,
      method: request.method,
      headers: request.headers
    })
    let before: number | undefined
    sent.on("socket", ({ bytesRead }) => void (before = bytesRead))
    const fail = (cause: Error) => failed(cause, sent.reusedSocket && sent.socket?.bytesRead === before)
    sent.on("error", fail)
    sent.on("response", (response) => {
      // From here on the response emits its own errors, and an error after its end is no failure.
      sent.off("error", fail).on("error", () => {})
      response.on("error", (cause) => failed(cause, false))
      response.on("end", end)
      head(response.statusCode ?? 0, Headers.fromInput(response.headers))
      response.on("data", piece)
    })
    // Node closes such a connection without a word.
    sent.on("upgrade", (_, socket) => {
      socket.destroy()
      failed(Object.assign(new Error("an upgrade that was not asked for"), { code: "ECONNRESET" }), false)
    })
    sent.end(bodyOf(request))
    return () => sent.destroy()
  })
