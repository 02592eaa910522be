import { BlockList, isIP } from "node:net"

/** A set of IP addresses. */
export interface IpRanges {
  /** Whether an address is in the set. An IPv4 address is the same in its IPv6 spelling, `::ffff:192.0.2.1`. */
  readonly contains: (address: string) => boolean
}

/** Whether a text is an address or a range, such as `192.0.2.7`, `10.0.0.0/8` or `2001:db8::/32`. */
export const isAddressRange = (text: string): boolean => {
  const [address = "", length, ...more] = text.split("/")
  const version = isIP(address)
  return (
    version !== 0 &&
    more.length === 0 &&
    (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest(version)))
  )
}

/** The addresses of all ranges together; each has to be one: see {@link isAddressRange}. */
export const ipRanges = (ranges: ReadonlyArray<string>): IpRanges => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = "", length] = range.split("/")
    const version = isIP(address)
    list.addSubnet(address, length === undefined ? longest(version) : Number(length), family(version))
  }
  return {
    contains: (address) => {
      const version = isIP(address)
      return version !== 0 && list.check(address, family(version))
    }
  }
}

const longest = (version: number): number => (version === 6 ? 128 : 32)
const family = (version: number) => (version === 6 ? "ipv6" : "ipv4")
