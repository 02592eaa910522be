import { TextFile } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const utf16 = (text: string, isBig: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le")
  return Uint8Array.from(isBig ? bytes.swap16() : bytes)
}

/** Text without lone surrogates, which no encoding has, and without a mark at its start, which is left out. */
const Text = Schema.String.check(Schema.makeFilter((text) => text.isWellFormed() && !text.startsWith("\ufeff")))

describe("a text file", () => {
  it.prop("is read in each of the three encodings, without its mark", [Text], ([text]) => {
    assert.strictEqual(TextFile.decode(new TextEncoder().encode(text)), text)
    assert.strictEqual(TextFile.decode(new TextEncoder().encode(`\ufeff${text}`)), text)
    assert.strictEqual(TextFile.decode(utf16(text, false)), text)
    assert.strictEqual(TextFile.decode(utf16(text, true)), text)
  })

  it.each([[[0xff]], [[0x61, 0xff]], [[0xff, 0xfe, 0x61]], [[0xfe, 0xff, 0xd8, 0x00]]])(
    "is told to be none where its bytes are: %j",
    (bytes) => {
      assert.isUndefined(TextFile.decode(Uint8Array.from(bytes)))
    }
  )
})
