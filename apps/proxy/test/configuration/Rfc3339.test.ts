import { assert, describe, it } from "@effect/vitest"
import { DateTime, Option, Result, Schema } from "effect"
import * as ConfigurationText from "../../src/configuration/ConfigurationText.ts"
import { Rfc3339, parseRfc3339 } from "../../src/configuration/Rfc3339.ts"

const refused = [
  "2027-02-30T00:00:00Z",
  "2027-13-01T00:00:00Z",
  "2027-01-31T24:00:00Z",
  "2027-01-31T00:00:00+25:00",
  "2027-01-31T00:00:00",
  "2027-01-31 00:00:00Z",
  "2027-01-31t00:00:00z",
  "2027-01-31T00:00Z",
  "2027-01-31T00:00:00+0800",
  "2027-01-31",
  "01/02/2027",
  "20270131T000000Z",
  " 2027-01-31T00:00:00Z",
  "+002027-01-31T00:00:00Z",
  "1801353600",
  "5",
  ""
]

describe("a moment", () => {
  for (const text of refused) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.isTrue(Option.isNone(parseRfc3339(text)))
      const configuration = `callers: { a: { projects: "*", expires_at: "${text}" } }\ncredentials: {}\nprojects: {}\n`
      const read = ConfigurationText.read(configuration)
      assert.isTrue(Result.isFailure(read))
      if (Result.isFailure(read)) {
        const [fault, ...others] = read.failure
        assert.isEmpty(others)
        assert.strictEqual(fault?.setting, "callers.a.expires_at")
        assert.include(fault?.message, "expected a time with its zone, such as 2027-01-31T00:00:00Z")
      }
    })
  }

  it("is the same whichever zone writes it", () => {
    const moments = ["2027-01-31T00:00:00Z", "2027-01-31T08:00:00+08:00", "2027-01-30T19:00:00.000-05:00"].map(
      parseRfc3339
    )
    for (const moment of moments) {
      assert.deepStrictEqual(Option.map(moment, DateTime.formatIso), Option.some("2027-01-31T00:00:00.000Z"))
    }
  })

  it.prop(
    "is written so that it is read again",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4e12 }))],
    ([at]) => {
      const moment = DateTime.makeUnsafe(at)
      const text = Schema.encodeSync(Rfc3339)(moment)
      assert.deepStrictEqual(Schema.decodeSync(Rfc3339)(text), moment)
    }
  )
})
