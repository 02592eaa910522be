import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, DateTime, Effect, Equal, Hash, Option, Result, Schema } from "effect"
import { Timestamp, TimestampFromString } from "../src/index.ts"

const parse = (text: string) => Option.getOrThrow(Timestamp.parse(text))

const anyTimestamp = Schema.toType(TimestampFromString)

const upTo = (maximum: number, digits = 2) =>
  Arbitrary.map(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))), (value) =>
    String(value).padStart(digits, "0")
  )

const zone = Arbitrary.map(upTo(5), (at) => ["", "Z", "+00:00", "+00", "-00:00", "+08:00"][Number(at)]!)

describe("Timestamp.parse", () => {
  it.effect.prop(
    "reads what the platform reads, and no day that the calendar does not have",
    [upTo(9_999, 4), upTo(14), upTo(33), upTo(23), upTo(62), upTo(62), zone],
    ([year, month, day, hour, minute, second, zone]) =>
      Effect.sync(() => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`
        const platforms = Date.parse(text.length === 19 ? `${text}Z` : text.replace(/([+-]\d{2})$/, "$1:00"))
        const midnight = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
        const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`)
        const expected = Number.isNaN(platforms) || !isDay ? undefined : platforms
        assert.strictEqual(Option.getOrUndefined(Timestamp.parse(text))?.epochMilliseconds, expected, text)
      }),
    { arbitrary: { runs: 2_000 } }
  )

  const written = [
    "2020-02-05",
    "2020-02-05T10:38:34.209782",
    "2019-05-10 07:59:12.085+00:00",
    "2019-05-10T23:59:59Z",
    "1999-12-31T00:00:00.123456789-0330",
    "2000-01-01T00:00:00.1+08"
  ] as const
  const grammar =
    /^\d{4}-\d{2}-\d{2}(?:[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?$/
  const isDay = (date: string) => {
    const midnight = new Date(`${date}T00:00:00Z`)
    return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date)
  }

  it.effect.prop(
    "reads the service's forms and no other: a character of one is replaced, taken or put in",
    [upTo(written.length - 1), upTo(29), upTo(2), Schema.Literals([..."0123456789-+:. TZtz/\u0000\u0660\uFF10"])],
    ([form, at, cut, put]) =>
      Effect.sync(() => {
        const text = written[Number(form)]!
        for (const changed of [
          text.slice(0, Number(at)) + put + text.slice(Number(at) + Number(cut)),
          text.slice(0, Number(at)) + text.slice(Number(at) + Number(cut))
        ]) {
          const fits = grammar.test(changed) && isDay(changed.slice(0, 10))
          assert.strictEqual(Option.isSome(Timestamp.parse(changed)), fits, changed)
        }
      }),
    { arbitrary: { runs: 3_000 } }
  )

  const instants: ReadonlyArray<readonly [text: string, iso: string, micros: number]> = [
    ["2020-02-05T10:38:34.209782", "2020-02-05T10:38:34.209Z", 782],
    ["2019-05-10T07:59:12.085+00:00", "2019-05-10T07:59:12.085Z", 0],
    ["2019-05-10T07:59:12", "2019-05-10T07:59:12.000Z", 0],
    ["2019-05-10 07:59:12", "2019-05-10T07:59:12.000Z", 0],
    ["2019-05-10T07:59:12Z", "2019-05-10T07:59:12.000Z", 0],
    ["2019-05-10T07:59:12.1Z", "2019-05-10T07:59:12.100Z", 0],
    ["2019-05-10T07:59:12.12", "2019-05-10T07:59:12.120Z", 0],
    ["2019-05-10T07:59:12.1234", "2019-05-10T07:59:12.123Z", 400],
    ["2019-05-10T07:59:12.12345", "2019-05-10T07:59:12.123Z", 450],
    ["2019-05-10T07:59:12.1234567", "2019-05-10T07:59:12.123Z", 456],
    ["2019-05-10T07:59:12.12345678", "2019-05-10T07:59:12.123Z", 456],
    ["2019-05-10T07:59:12.999999999Z", "2019-05-10T07:59:12.999Z", 999],
    ["2019-05-10T07:59:12+0800", "2019-05-09T23:59:12.000Z", 0],
    ["2019-05-10T07:59:12+08", "2019-05-09T23:59:12.000Z", 0],
    ["2019-05-10T07:59:12-03:30", "2019-05-10T11:29:12.000Z", 0],
    ["2019-12-31T23:59:59-23:59", "2020-01-01T23:58:59.000Z", 0],
    ["2020-02-05", "2020-02-05T00:00:00.000Z", 0],
    ["2020-02-29", "2020-02-29T00:00:00.000Z", 0],
    ["2000-02-29T00:00:00", "2000-02-29T00:00:00.000Z", 0],
    ["1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999Z", 999]
  ]
  it.each(instants)("reads %s", (text, iso, micros) => {
    const timestamp = parse(text)
    assert.strictEqual(timestamp.epochMicroseconds, Date.parse(iso) * 1000 + micros)
    assert.strictEqual(DateTime.formatIso(timestamp.utc), iso)
    assert.strictEqual(timestamp.date.toISOString(), iso)
    assert.strictEqual(timestamp.text, text)
  })

  const extremes: ReadonlyArray<readonly [text: string, iso: string]> = [
    ["9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999Z"],
    ["9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999Z"],
    ["9999-12-31T23:59:59.001", "9999-12-31T23:59:59.001Z"],
    ["0000-01-01T00:00:00.000001", "0000-01-01T00:00:00.000Z"],
    ["0000-01-01T00:00:00.999999", "0000-01-01T00:00:00.999Z"]
  ]
  it.each(extremes)("rounds %s down, though its microseconds are not exact", (text, iso) => {
    const timestamp = parse(text)
    assert.strictEqual(DateTime.formatIso(timestamp.utc), iso)
    assert.strictEqual(timestamp.date.toISOString(), iso)
    const microseconds = BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n + BigInt(text.slice(20).padEnd(6, "0"))
    const lost = microseconds - BigInt(timestamp.epochMicroseconds)
    assert.isTrue(lost >= 0n && lost < 32n, String(lost))
    const again = Timestamp.fromEpochMicroseconds(timestamp.epochMicroseconds)
    assert.isTrue(Equal.equals(parse(again.text), timestamp))
  })

  it.each([
    "",
    "now",
    "2020-02-30",
    "2019-02-29T00:00:00",
    "1900-02-29",
    "2020-04-31T00:00:00Z",
    "2020-00-10",
    "2020-13-01",
    "2020-01-00",
    "2020-02-05T24:00:00",
    "2020-02-05T10:60:00",
    "2020-02-05T10:38:60",
    "2020-02-05T10:38",
    "2020-02-05T10:38:34.",
    "2020-02-05T10:38:34.1234567890",
    "2020-02-05T10:38:34+24:00",
    "2020-02-05T10:38:34+08:60",
    "2020-02-05T10:38:34 +08:00",
    "2020-02-05Z",
    "2020-2-5",
    "20200205T103834Z",
    "+002020-02-05T10:38:34Z",
    " 2020-02-05",
    "2020-02-05\n",
    "2020-02-05T10:38:34.209782\u0000",
    "1580899114"
  ])("refuses %j", (text) => {
    assert.isTrue(Option.isNone(Timestamp.parse(text)))
  })

  it("says whether the text named its zone", () => {
    assert.deepStrictEqual(
      ["2020-02-05", "2020-02-05T10:38:34", "2020-02-05T10:38:34Z", "2020-02-05T10:38:34+08:00"].map(
        (text) => parse(text).hasZone
      ),
      [false, false, true, true]
    )
  })

  it.prop("never throws, and keeps the text that it accepts", [Schema.String], ([text]) => {
    for (const candidate of [text, `2020-02-05T10:38:34${text}`]) {
      const timestamp = Timestamp.parse(candidate)
      if (Option.isSome(timestamp)) assert.strictEqual(timestamp.value.text, candidate)
    }
  })

  const offsetMinutes = Schema.Int.check(Schema.isBetween({ minimum: -23 * 60 - 59, maximum: 23 * 60 + 59 }))

  it.prop("an offset moves the instant, not the text", [anyTimestamp, offsetMinutes], ([timestamp, offset]) => {
    const two = (value: number) => String(value).padStart(2, "0")
    const size = Math.abs(offset)
    const text = `${timestamp.text}${offset < 0 ? "-" : "+"}${two(Math.trunc(size / 60))}:${two(size % 60)}`
    assert.strictEqual(parse(text).epochMicroseconds, timestamp.epochMicroseconds - offset * 60_000_000)
    assert.strictEqual(parse(text).text, text)
  })
})

describe("Timestamp", () => {
  it("the same instant in two spellings is equal, and is one key", () => {
    const utc = parse("2019-05-10T07:59:12Z")
    const china = parse("2019-05-10T15:59:12+08:00")
    assert.isTrue(Equal.equals(utc, china))
    assert.strictEqual(Hash.hash(utc), Hash.hash(china))
    assert.isFalse(Equal.equals(utc, parse("2019-05-10T07:59:12.000001Z")))
  })

  it("prints as it came", () => {
    const timestamp = parse("2019-05-10T07:59:12.085+00:00")
    assert.strictEqual(String(timestamp), timestamp.text)
    assert.strictEqual(JSON.stringify({ timestamp }), `{"timestamp":"${timestamp.text}"}`)
  })

  it.prop("order, comparison and equality are those of the instants", [anyTimestamp, anyTimestamp], ([a, b]) => {
    const sign = Math.sign(a.epochMicroseconds - b.epochMicroseconds)
    assert.strictEqual(Timestamp.Order(a, b), sign)
    assert.strictEqual(a < b, sign < 0)
    assert.strictEqual(Equal.equals(a, b), sign === 0)
  })

  it.prop("is written so that it reads back as the same instant", [anyTimestamp], ([timestamp]) => {
    const again = parse(timestamp.text)
    assert.isTrue(Equal.equals(again, timestamp))
    assert.match(timestamp.text, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/)
  })
})

describe("TimestampFromString", () => {
  it("encodes to the text that came", () => {
    const text = "2019-05-10T15:59:12.5+08:00"
    const timestamp = Schema.decodeSync(TimestampFromString)(text)
    assert.strictEqual(Schema.encodeSync(TimestampFromString)(timestamp), text)
  })

  it("refuses another text", () => {
    assert.isTrue(Result.isFailure(Schema.decodeResult(TimestampFromString)("yesterday")))
  })
})
