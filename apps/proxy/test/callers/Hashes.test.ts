import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Schema } from "effect"
import { hashes } from "../../src/callers/Hashes.node.ts"

describe("hashes", () => {
  it.prop(
    "an HMAC is the one that node:crypto makes, of secrets and texts of any length",
    [Schema.String.check(Schema.isMaxLength(200)), Schema.Array(Schema.String.check(Schema.isMaxLength(400)))],
    ([secret, texts]) => {
      const sk = Redacted.make(secret)
      for (const text of [...texts, "x".repeat(300), ""]) {
        const made = createHmac("sha256", Buffer.from(secret, "utf8")).update(text, "utf8").digest("hex")
        assert.strictEqual(hashes.hmacSha256(sk, text), made)
      }
    }
  )

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
