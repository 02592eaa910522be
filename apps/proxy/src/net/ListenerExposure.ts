import { ipRanges } from "./IpRanges.ts"

const loopback = ipRanges(["127.0.0.0/8", "::1"])

/**
 * Whether other machines could read what callers send: their keys would cross
 * the network in the clear. A name counts as public unless it is `localhost`,
 * since what it resolves to may change.
 */
export const isExposed = (listen: {
  readonly host: string
  readonly tls?: unknown
  readonly behind_tls: boolean
}): boolean =>
  listen.tls === undefined && !listen.behind_tls && listen.host !== "localhost" && !loopback.contains(listen.host)

/** The remedy for an address that {@link isExposed}. */
export const exposed =
  "other machines could reach this address, and callers' keys would travel in the clear: set listen.tls, or listen.behind_tls (--behind-tls) where something in front ends TLS"
