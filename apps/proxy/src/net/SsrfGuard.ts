import { lookup, type LookupAddress } from "node:dns"
import type { LookupFunction } from "node:net"
import { ipRanges } from "./IpRanges.ts"

/**
 * Addresses that no name of a service leads to: of this machine, of this
 * network link (where a cloud serves a machine's own keys), and of no one host.
 * Private networks are none of them: inside a VPC the cloud itself is there.
 *
 * @source RFC 6890, section 2.2
 */
const blockedRanges = ipRanges([
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/127",
  "fe80::/10",
  "ff00::/8"
])

/** A function that resolves names as `dns.lookup` does. */
type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: Array<LookupAddress>) => void
) => void

/**
 * Resolves a name for each connection, and fails with `EACCES` where all that
 * it leads to is in {@link blockedRanges}: an attacker that can change the name's DNS records has
 * no requests of the proxy sent to what is near it. An address that the
 * configuration gives as such is not resolved, and `localhost` says what it is.
 *
 * @param onRefusal is told of the name
 */
export const guardedLookup =
  (onRefusal: (hostname: string) => void = () => undefined, resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed =
        hostname.toLowerCase() === "localhost"
          ? addresses
          : addresses.filter(({ address }) => !blockedRanges.contains(address))
      const [first] = allowed
      if (first === undefined) {
        onRefusal(hostname)
        return callback(Object.assign(new Error("the name leads nowhere that may be called"), { code: "EACCES" }), [])
      }
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family)
    })
