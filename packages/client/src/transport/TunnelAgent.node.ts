import { channel } from "node:diagnostics_channel"
import * as Http from "node:http"
import type * as Https from "node:https"
import { isIPv6, type Socket } from "node:net"
import * as Tls from "node:tls"

/**
 * A tunnel that a proxy opened.
 * @category Transports
 * @since 0.2.0
 */
export interface OpenedTunnel {
  /** Host and port of the proxy. */
  readonly proxy: string
  /** Host and port that the tunnel leads to. */
  readonly target: string
}

/**
 * The channel of `node:diagnostics_channel` on which `layerNodeHttp` tells each {@link OpenedTunnel}.
 * @category Transports
 * @since 0.2.0
 */
export const tunnelChannel = "cbr.client.tunnel"

const opened = channel(tunnelChannel)

/** The options of a tunnel. */
interface TunnelOptions {
  /** Authorities of an `https` proxy; the default ones unless given. */
  readonly ca?: Array<string> | undefined
  /** Ends a tunnel that is not open yet. */
  readonly signal: AbortSignal
}

/** A proxy opened no tunnel. */
class TunnelRefused extends Error {
  readonly code = "ERR_PROXY_TUNNEL"
  readonly status: number

  constructor(status: number) {
    super(`the proxy answered CONNECT with ${status}`)
    this.status = status
  }
}

/** Milliseconds for a proxy to answer. */
const patience = 30_000

/**
 * A connection to `host:port` by way of a proxy, which may want a name and a
 * password. Rejects with the system's error, or with `TunnelRefused`.
 *
 * @source RFC 9110, section 9.3.6
 */
const openTunnel = (proxy: URL, target: string, { ca, signal }: TunnelOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const isTls = proxy.protocol === "https:"
    const { request } = isTls ? process.getBuiltinModule("node:https") : Http
    const login = [proxy.username, proxy.password].map(decodeURIComponent).join(":")
    const port = proxy.port || (isTls ? 443 : 80)
    const connecting = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port,
      method: "CONNECT",
      path: target,
      headers: {
        host: target,
        ...(login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` })
      },
      signal,
      timeout: patience,
      // A connection of its own, which no other request is given.
      agent: false,
      ...(ca === undefined ? {} : { ca })
    })
    connecting
      .once("connect", ({ statusCode = 0 }, socket, head) => {
        if (statusCode < 200 || statusCode > 299) {
          socket.destroy()
          return reject(new TunnelRefused(statusCode))
        }
        if (head.length > 0) socket.unshift(head)
        socket.setTimeout(0)
        opened.publish({ proxy: `${proxy.hostname}:${port}`, target } satisfies OpenedTunnel)
        resolve(socket)
      })
      .once("timeout", () =>
        connecting.destroy(Object.assign(new Error("the proxy does not answer"), { code: "ETIMEDOUT" }))
      )
      .once("error", reject)
      .end()
  })

/**
 * An agent whose connections go by way of a proxy. Node's own `proxyEnv` does
 * nothing, without a word, before Node 22.21 and 24.5.
 */
export const tunnelAgent = (proxy: URL, options: Https.AgentOptions & { ca?: Array<string> }): Https.Agent => {
  const agent = new (process.getBuiltinModule("node:https").Agent)(options)
  const closing = new AbortController()
  agent.createConnection = (of, created) => {
    const { host = "", port } = of as Tls.ConnectionOptions
    const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`
    openTunnel(proxy, target, { ca: options.ca, signal: closing.signal }).then(
      (socket) => created?.(null, Tls.connect({ ...(of as Tls.ConnectionOptions), socket })),
      (error: Error) => created?.(error, undefined as never)
    )
    return undefined
  }
  const destroy = agent.destroy.bind(agent)
  agent.destroy = () => {
    closing.abort()
    destroy()
  }
  return agent
}
