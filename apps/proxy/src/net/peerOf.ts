const mappedIPv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The peer of an address: the IPv4 address itself, or the first 64 bits of an IPv6 address. */
export const peerOf = (address = ""): string => {
  if (!address.includes(":")) return address
  const ipv4 = mappedIPv4.exec(address)?.[1]
  if (ipv4 !== undefined) return ipv4
  const [before = "", after] = address.replace(/%.*$/, "").split("::")
  const first = before === "" ? [] : before.split(":")
  const last = after === undefined || after === "" ? [] : after.split(":")
  const zeros = after === undefined ? 0 : 8 - first.length - last.length
  return [...first, ...Array<string>(zeros).fill("0"), ...last].slice(0, 4).join(":")
}
