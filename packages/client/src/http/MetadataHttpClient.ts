import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { httpCall, type HttpCallOptions } from "./httpCall.ts"

/**
 * The HTTP client of metadata addresses, with no proxy in between. A link-local address means another
 * machine behind a proxy than before it, so a metadata request that goes
 * through one would fetch a stranger's key, or hand ours to the proxy.
 * @category HTTP
 * @since 0.2.0
 */
export class MetadataHttpClient extends Context.Service<MetadataHttpClient, HttpClient.HttpClient>()(
  "@cbr/client/MetadataHttpClient"
) {
  /**
   * The context's client, for when that one uses no proxy. Node's own `fetch`
   * follows the proxy variables where `NODE_USE_ENV_PROXY` is set; the clients
   * over `node:http` and undici do not.
   *
   * @example
   * ```ts
   * MetadataHttpClient.layer.pipe(Layer.provide(NodeHttpClient.layerNodeHttp))
   * ```
   */
  static readonly layer: Layer.Layer<MetadataHttpClient, never, HttpClient.HttpClient> = Layer.effect(
    MetadataHttpClient,
    HttpClient.HttpClient
  )
}

/** The SDKs' limits: an address without a server must not hold up a call, and a key is short. */
const limits = { timeout: Duration.seconds(3), largestBody: 64 * 1024 }

/** Sends a request to a metadata address, with no proxy in between. */
export const metadataCall = (
  request: HttpClientRequest.HttpClientRequest,
  options: Pick<HttpCallOptions, "origin" | "service" | "success" | "secrets">
) =>
  Effect.flatMap(MetadataHttpClient, (client) =>
    Effect.provideService(httpCall(request, { ...options, ...limits }), HttpClient.HttpClient, client)
  )
