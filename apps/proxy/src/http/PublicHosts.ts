import { isIP } from "node:net"

/** The names under which callers may reach the proxy. */
export interface PublicHosts {
  /** Whether a `Host`, or the authority of a target, is one of them. */
  readonly has: (authority: string) => boolean
}

/**
 * The default without `listen.public_hosts`: the names of the machine
 * itself, and the address listened on.
 */
export const defaultPublicHosts = (listening: string): ReadonlyArray<string> => [
  "localhost",
  "127.0.0.1",
  "[::1]",
  isIP(listening) === 6 ? `[${listening}]` : listening
]

/**
 * A name without a port stands for every port of it; case does not matter.
 * With the names known, a page of another site cannot reach the proxy by
 * pointing a name of its own at this machine, and a signature made for
 * another server is none here.
 *
 * @example publicHosts(["cbr.example.org", "10.0.0.5:8443"]).has("CBR.example.org:443") // true
 */
export const publicHosts = (names: ReadonlyArray<string>): PublicHosts => {
  const known = new Set(names.map((name) => name.toLowerCase()))
  const isKnown = (authority: string) => {
    const written = authority.toLowerCase()
    return known.has(written) || known.has(written.replace(/:\d+$/, ""))
  }
  // Callers nearly all write the same.
  let last: string | undefined
  return {
    has: (authority) => {
      if (authority === last) return true
      if (!isKnown(authority)) return false
      last = authority
      return true
    }
  }
}
