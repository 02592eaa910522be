import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { HmacSha256 } from "../../src/signing/HmacSha256.node.ts"

/** Keys on either side of SHA-256's block of 64 bytes, and texts on either side of the room that a key begins with. */
const Key = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))).check(
  Schema.isMaxLength(150)
)
const Texts = Schema.Array(Schema.String.check(Schema.isMaxLength(400))).check(Schema.isMaxLength(5))

describe("HmacSha256", () => {
  it.prop(
    "a key gives the HMACs of node:crypto, whatever it and the texts before are",
    [Key, Texts],
    ([bytes, texts]) => {
      const key = Uint8Array.from(bytes)
      const hmac = new HmacSha256(key)
      for (const text of [...texts, "x".repeat(300), ""]) {
        const expected = createHmac("sha256", key).update(text).digest("hex")
        assert.strictEqual(hmac.digestHex(text), expected)
        assert.strictEqual(hmac.digest(Buffer.from(text)).toString("hex"), expected)
      }
    }
  )

  it.each([0, 1, 63, 64, 65, 128])("a key of %i bytes gives the HMAC of node:crypto", (length) => {
    const key = Buffer.alloc(length, 0xa5)
    assert.strictEqual(new HmacSha256(key).digestHex("text"), createHmac("sha256", key).update("text").digest("hex"))
  })
})
