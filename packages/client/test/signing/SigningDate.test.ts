import { formatSigningDate, parseSigningDate } from "@cbr/client/signing"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, DateTime, Schema } from "effect"

const seconds = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 253_402_300_799 })))

const refused = [
  "",
  "2026-01-02T03:04:05Z",
  "20260102T030405",
  "20260102T030405Z\n",
  " 20260102T030405Z",
  "20260102t030405z",
  "20260132T030405Z",
  "20260230T030405Z",
  "20261302T030405Z",
  "20260002T030405Z",
  "20260102T240405Z",
  "20260102T036005Z",
  "20260102T030460Z",
  "٢٠٢٦0102T030405Z"
]

describe("SigningDate", () => {
  it.prop("reads back every second that it writes", [seconds], ([second]) => {
    const text = formatSigningDate(DateTime.makeUnsafe(second * 1000 + 999))
    assert.match(text, /^\d{8}T\d{6}Z$/)
    assert.strictEqual(parseSigningDate(text), second * 1000)
  })

  for (const text of refused) {
    it(`${JSON.stringify(text)} is no signing date`, () => assert.isUndefined(parseSigningDate(text)))
  }

  it("29 February exists in leap years only", () => {
    assert.isDefined(parseSigningDate("20280229T000000Z"))
    assert.isUndefined(parseSigningDate("20270229T000000Z"))
  })
})
