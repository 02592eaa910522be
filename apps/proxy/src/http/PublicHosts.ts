import { isIP } from "node:net"

/** Whether a `Host`, or the authority of a target, is a name under which callers may reach the proxy. */
export type IsPublicHost = (authority: string) => boolean

/** The default without `listen.public_hosts`: the names of the machine itself, and the address listened on. */
export const defaultPublicHosts = (listening: string): ReadonlyArray<string> => [
  "localhost",
  "127.0.0.1",
  "[::1]",
  isIP(listening) === 6 ? `[${listening}]` : listening
]

/**
 * A name without a port stands for every port of it; case does not matter. With the names known, a page of another site
 * cannot reach the proxy by pointing a name of its own at this machine, and a signature made for another server is none
 * here.
 *
 * @example publicHosts(["cbr.example.org", "10.0.0.5:8443"])("CBR.example.org:443") // true
 */
export const publicHosts = (names: ReadonlyArray<string>): IsPublicHost => {
  const known = new Set(names.map((name) => name.toLowerCase()))
  /** The last that was found public: most callers write the same. */
  let latest: string | undefined
  return (authority) => {
    if (authority === latest) return true
    const written = authority.toLowerCase()
    const isPublic = known.has(written) || known.has(written.replace(/:\d+$/, ""))
    if (isPublic) latest = authority
    return isPublic
  }
}
