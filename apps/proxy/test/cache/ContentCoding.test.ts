import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { codingFor, encode } from "../../src/cache/ContentCoding.ts"

describe("codingFor", () => {
  const rows: ReadonlyArray<readonly [string | undefined, string | undefined]> = [
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["br", "br"],
    ["gzip, deflate, br", "gzip"],
    ["gzip;q=0.5, br", "br"],
    ["gzip;q=0", undefined],
    ["br;q=0, gzip;q=0.1", "gzip"],
    ["identity, gzip;q=0.5", undefined],
    ["br;q=0, gzip", "gzip"],
    ["gzip;q=0.1, identity;q=0", "gzip"],
    ["deflate, zstd", undefined],
    ["*;q=0", undefined],
    ["gzip;q=nonsense", undefined]
  ]

  it.each(rows)("%j", (accept, expected) => {
    assert.strictEqual(codingFor(accept, 4_000), expected)
  })

  it("a small body stays as it is, and so does one whose compression would hold up others", () => {
    assert.strictEqual(codingFor("gzip", 1_023), undefined)
    assert.strictEqual(codingFor("gzip", 1_024), "gzip")
    assert.strictEqual(codingFor("gzip", 1024 * 1024 + 1), undefined)
  })
})

describe("encode", () => {
  const body = new TextEncoder().encode(JSON.stringify({ backup: { name: "备份 😀".repeat(500) } }))

  it("what comes out of it is what went in", () => {
    assert.deepStrictEqual(new Uint8Array(gunzipSync(encode(body, "gzip"))), body)
    assert.deepStrictEqual(new Uint8Array(brotliDecompressSync(encode(body, "br"))), body)
    assert.isBelow(encode(body, "br").length, body.length / 4)
  })

  it("the same bytes each time, as a strong tag promises", () => {
    for (const coding of ["gzip", "br"] as const) assert.deepStrictEqual(encode(body, coding), encode(body, coding))
  })
})
