import { assert, describe, it } from "@effect/vitest"
import { peerOf } from "../../src/net/peerOf.ts"

describe("peerOf", () => {
  const cases: ReadonlyArray<readonly [address: string, peer: string]> = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::1", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["::1", "0:0:0:0"],
    ["::", "0:0:0:0"],
    ["1::", "1:0:0:0"]
  ]

  it.each(cases)("%s counts as %s", (address, peer) => assert.strictEqual(peerOf(address), peer))
})
