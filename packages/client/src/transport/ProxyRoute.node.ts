import { BlockList, isIP, isIPv4 } from "node:net"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import { rawTransportOf, withRawTransport } from "./RawTransport.ts"
import type { CheckedSettings } from "./TransportSettings.node.ts"

/**
 * The proxy that a call to an address goes by way of; `undefined` where it goes
 * straight. `NO_PROXY` is read as curl reads it: `*` alone is every host, a name
 * is that host and all below it, an IP address may end in the bits of a network.
 *
 * @source curl, manual page: `NO_PROXY`; `CURLOPT_NOPROXY`
 * @category Transports
 * @since 0.1.0
 */
export const proxyOf = ({ httpsProxy, noProxy = "" }: CheckedSettings, address: URL): URL | undefined =>
  httpsProxy === undefined || address.protocol !== "https:" || isExempt(noProxy, address.hostname)
    ? undefined
    : new URL(httpsProxy)

/** Whether a list as in `NO_PROXY` names a host of an address. */
const isExempt = (noProxy: string, hostname: string): boolean => {
  if (noProxy.trim() === "*") return true
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "")
  const covers = isIP(host) === 0 ? coversName : coversAddress
  return noProxy.split(/[\s,]+/).some((entry) => covers(entry, host))
}

const coversName = (entry: string, host: string): boolean => {
  const name = entry.toLowerCase().replace(/\.$/, "").replace(/^\./, "")
  return name !== "" && (host === name || host.endsWith(`.${name}`))
}

const coversAddress = (entry: string, host: string): boolean => {
  const [network = "", bits, ...more] = entry.split("/")
  if (isIP(network) !== isIP(host) || more.length > 0) return false
  const family = isIPv4(host) ? "ipv4" : "ipv6"
  const longest = family === "ipv4" ? 32 : 128
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  // Curl takes a network of no bits for the one address.
  if (!(prefix <= longest)) return false
  const list = new BlockList()
  list.addSubnet(network, prefix === 0 ? longest : prefix, family)
  return list.check(host, family)
}

/** A client that sends each request by way of the proxy, or straight: see {@link proxyOf}. */
export const routed = (
  settings: CheckedSettings,
  clients: { readonly direct: HttpClient.HttpClient; readonly proxied: HttpClient.HttpClient }
): HttpClient.HttpClient => {
  const clientFor = (address: string) => {
    const url = URL.parse(address)
    return url === null || proxyOf(settings, url) === undefined ? clients.direct : clients.proxied
  }
  return withRawTransport(
    HttpClient.makeWith<never, never, HttpClientError, never>(
      Effect.flatMap((request) => clientFor(request.url).execute(request)),
      Effect.succeed
    ),
    (request, listener, timeout) => rawTransportOf(clientFor(request.url))(request, listener, timeout)
  )
}
