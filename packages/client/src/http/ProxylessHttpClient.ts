import * as Context from "effect/Context"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/**
 * An HTTP client with no proxy in between. A link-local address means another
 * machine behind a proxy than before it, so a metadata request that goes
 * through one would fetch a stranger's key, or hand ours to the proxy.
 * @category HTTP
 * @since 0.2.0
 */
export class ProxylessHttpClient extends Context.Service<ProxylessHttpClient, HttpClient.HttpClient>()(
  "@cbr/client/ProxylessHttpClient"
) {
  /**
   * The context's client, for when that one uses no proxy. Node's own `fetch`
   * follows the proxy variables where `NODE_USE_ENV_PROXY` is set; the clients
   * over `node:http` and undici do not.
   *
   * @example
   * ```ts
   * ProxylessHttpClient.layer.pipe(Layer.provide(NodeHttpClient.layerNodeHttp))
   * ```
   */
  static readonly layer: Layer.Layer<ProxylessHttpClient, never, HttpClient.HttpClient> = Layer.effect(
    ProxylessHttpClient,
    HttpClient.HttpClient
  )
}
