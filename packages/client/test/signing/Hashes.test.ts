import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { hashes } from "../../src/signing/Hashes.node.ts"

describe("hashes", () => {
  // Test case 2.
  it("an HMAC is the one of RFC 4231, each time that its key is used", () => {
    const sk = Redacted.make("Jefe")
    const mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert.strictEqual(hashes.hmacSha256(sk, "what do ya want for nothing?"), mac)
    assert.strictEqual(hashes.hmacSha256(sk, "what do ya want for nothing?"), mac)
  })

  it("equal means equal in every digit, and as long as SHA-256 in hex", () => {
    const hex = hashes.sha256("a")
    assert.isTrue(hashes.areEqual(hex, hashes.sha256("a")))
    assert.isFalse(hashes.areEqual(hex, hashes.sha256("b")))
    for (let index = 0; index < hex.length; index++) {
      assert.isFalse(hashes.areEqual(hex, `${hex.slice(0, index)}g${hex.slice(index + 1)}`))
    }
    assert.isFalse(hashes.areEqual(hex.slice(1), hex))
    assert.isFalse(hashes.areEqual(hex, `${hex}0`))
  })
})
