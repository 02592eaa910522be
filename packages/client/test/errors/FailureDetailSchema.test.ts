import { FailureDetail, failureText, NoCredentials, ShowBackupError, TimedOut } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const Text = Schema.fromJsonString(ShowBackupError)
const Detail = Schema.fromJsonString(FailureDetail)

const details: ReadonlyArray<FailureDetail> = [
  { code: "no-answer-within", service: "CBR", seconds: 2 },
  { code: "no-home-folder" },
  { code: "answered", by: "proxy", status: 502, error_code: "CBR.1", error_msg: "said <so>" },
  {
    code: "no-backup-within",
    seconds: 30,
    last: { code: "circuit-open", host: "h", last: { code: "backup-unreadable", fault: { code: "empty" } } }
  },
  { code: "no-credentials", searched: [{ place: "my vault", reason: { code: "other", message: "sealed" } }] }
]

describe("a failure's detail", () => {
  it.each(details.map((detail) => [detail.code, detail] as const))("of %s is the same after JSON", (_, detail) => {
    const text = Schema.encodeSync(Detail)(detail)
    assert.deepStrictEqual(Schema.decodeSync(Detail)(text), detail)
    assert.strictEqual(JSON.parse(text).message, failureText(detail))
  })

  it.each([
    ["a code that this version does not know", { code: "tea-time", sugar: 2 }],
    ["a code that every object has", { code: "constructor" }],
    ["facts of another form", { code: "no-credentials", searched: 1 }],
    ["facts that say something else", { code: "no-answer-within", service: "CBR", milliseconds: 2000 }]
  ])("of %s keeps its sentence", (_, detail) => {
    const text = JSON.stringify({ ...detail, message: "as it was said" })
    assert.deepStrictEqual(Schema.decodeSync(Detail)(text), { code: "other", message: "as it was said" })
  })

  it.each(["tea-time", "constructor", undefined])("of code %s makes no error", (code) => {
    assert.throws(() => new NoCredentials({ detail: { code } as never }))
  })

  it("gives its error the message, which cannot be passed beside it", () => {
    const error = new TimedOut({ detail: details[0]!, limit: "attempt" })
    assert.strictEqual(error.message, "no answer within 2 s")
    assert.include(String(error.stack), "no answer within 2 s")
    const again = Schema.decodeSync(Text)(Schema.encodeSync(Text)(error))
    assert.deepStrictEqual(again, error)
    assert.strictEqual(again.message, error.message)
    const forged = { detail: details[1]!, message: "all is well" }
    assert.strictEqual(new NoCredentials(forged).message, "no home folder")
  })
})
