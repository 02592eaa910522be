import { isIPv4 } from "node:net"
import type { CheckedSettings } from "./TransportSettings.node.ts"

/**
 * The proxy that a call to an address goes by way of; `undefined` where it goes
 * straight. For whoever looks at the way itself: a transport minds it by itself,
 * by the same rules.
 *
 * @source Node.js, lib/internal/http.js: `shouldUseProxy`
 */
export const proxyOf = ({ httpsProxy, noProxy = "" }: CheckedSettings, address: URL): URL | undefined => {
  if (httpsProxy === undefined || address.protocol !== "https:") return undefined
  const host = address.hostname.replace(/^\[|\]$/g, "").toLowerCase()
  const withPort = `${host}:${address.port || "443"}`
  const entries = noProxy.split(",").map((entry) => entry.trim().toLowerCase())
  return entries.some((entry) => covers(entry, host) || entry === withPort) ? undefined : new URL(httpsProxy)
}

const covers = (entry: string, host: string): boolean => {
  if (entry === "*" || entry === host) return true
  if (entry.startsWith(".")) return host === entry.slice(1) || host.endsWith(entry)
  if (entry.startsWith("*.")) return host.endsWith(entry.slice(1))
  const [first = "", last = ""] = entry.split("-").map((part) => part.trim())
  if (![first, last, host].every(isIPv4)) return false
  return numberOf(first) <= numberOf(host) && numberOf(host) <= numberOf(last)
}

const numberOf = (ip: string): number => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
