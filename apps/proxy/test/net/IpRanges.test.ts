import { assert, describe, it } from "@effect/vitest"
import { ipRanges, isAddressRange } from "../../src/net/IpRanges.ts"

describe("isAddressRange", () => {
  it.each(["192.0.2.7", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::1", "::/0"])("%s is one", (text) => {
    assert.isTrue(isAddressRange(text))
  })

  it.each(["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "host", "::/129", "10.0.0.0/-1", " 10.0.0.1"])(
    "%j is none",
    (text) => {
      assert.isFalse(isAddressRange(text))
    }
  )
})

describe("ipRanges", () => {
  const ranges = ipRanges(["192.0.2.7", "10.0.0.0/8", "2001:db8::/32"])

  it.each(["192.0.2.7", "10.255.0.1", "2001:db8::1", "::ffff:10.0.0.1"])("%s is in it", (address) => {
    assert.isTrue(ranges.contains(address))
  })

  it.each(["192.0.2.8", "11.0.0.1", "2001:db9::1", "::ffff:11.0.0.1", "", "host"])("%j is not", (address) => {
    assert.isFalse(ranges.contains(address))
  })
})
