import { formatCondition, parseCondition, WaitCondition } from "@cbr/client"
import { BackupStatus } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

const { all, childrenAvailable, deleted, replicated, restorable, status } = WaitCondition

const forms: ReadonlyArray<readonly [text: string, condition: WaitCondition.WaitCondition]> = [
  ["status=available", status("available")],
  ["status=available,error", status("available", "error")],
  ["exists", WaitCondition.exists],
  ["deleted", deleted],
  ["replicated=cn-south-1", replicated("cn-south-1")],
  ["children=available", childrenAvailable],
  ["restorable", restorable()],
  ["restorable=backup", restorable("backup")],
  ["restorable=snapshot", restorable("snapshot")]
]

const message = (text: string | ReadonlyArray<string>) => {
  const error = Result.getOrThrow(Result.flip(parseCondition(text)))
  assert.strictEqual(error._tag, "InvalidRequest")
  return error.message
}

it("what is no text is refused, as a caller without types may give", () => {
  for (const garbage of [undefined, null, 5, {}, [5], ["status=available", null]]) {
    const error = Result.getOrThrow(Result.flip(parseCondition(garbage as never)))
    assert.strictEqual(error._tag, "InvalidRequest")
    assert.match(error.message, /^a condition is a text; there are status=/)
  }
})

describe("parse and format", () => {
  for (const [text, condition] of forms) {
    it(`${text}, both ways`, () => {
      assert.deepStrictEqual(Result.getOrThrow(parseCondition(text)), condition)
      assert.strictEqual(formatCondition(condition), text)
    })
  }

  it.prop(
    "what is written is read back",
    [Schema.NonEmptyArray(Schema.Literals(BackupStatus.members))],
    ([statuses]) => {
      const condition = status(...statuses)
      assert.deepStrictEqual(Result.getOrThrow(parseCondition(formatCondition(condition))), condition)
    }
  )

  it("several texts must hold together; one alone is itself", () => {
    const both = Result.getOrThrow(parseCondition(["status=available", "restorable"]))
    assert.deepStrictEqual(both, all(status("available"), restorable()))
    assert.strictEqual(formatCondition(both), "status=available and restorable")
    assert.deepStrictEqual(Result.getOrThrow(parseCondition(["deleted"])), deleted)
  })

  it("a test of one's own is called by its description", () => {
    assert.strictEqual(formatCondition(WaitCondition.satisfies("larger than 40 GB", () => true)), "larger than 40 GB")
  })
})

describe("parse refuses", () => {
  it("a status that the page does not list, and lists those it does", () => {
    assert.match(message("status=avialable"), /"avialable" is no status; there are available, protecting/)
    assert.match(message("status=available,"), /"" is no status/)
    assert.match(message("status"), /"" is no status/)
    assert.match(message("status=available, error"), /" error" is no status/)
  })

  for (const text of ["", "gone", "deleted=", "deleted=yes", "children", "children=error", "Status=available"]) {
    it(`"${text}", and lists the forms`, () => {
      assert.match(message(text), /is no condition; there are status=STATUS/)
    })
  }

  it("a region that cannot be one, and a mode that there is not", () => {
    assert.match(message("replicated=mars"), /region id/)
    assert.match(message("replicated"), /region id/)
    assert.match(message("restorable=na"), /=backup or =snapshot/)
  })

  it("deletion together with anything else, and no condition at all", () => {
    assert.match(message(["deleted", "restorable"]), /deleted cannot hold together/)
    assert.match(message(["restorable", "deleted"]), /deleted cannot hold together/)
    assert.match(message([]), /no condition was given/)
  })

  it("an expression that cannot be read, with its reason and place, and one without a field", () => {
    const detail = (text: string) => Result.getOrThrow(Result.flip(parseCondition(text))).detail
    assert.deepInclude(detail("query=backup.[?a = `1`]"), {
      code: "not-a-query",
      query: "backup.[?a = `1`]",
      reason: { code: "unexpected", text: "[?", at: 8 }
    })
    assert.deepInclude(detail("query='open"), { reason: { code: "unfinished", at: 1 } })
    assert.deepInclude(detail("query="), { reason: { code: "unfinished", at: 1 } })
    assert.deepInclude(detail("query='available'"), { reason: { code: "constant" } })
    assert.match(message("query"), /is no condition/)
  })

  it.prop("or reads any text without throwing", [Schema.Array(Schema.String)], ([texts]) => {
    assert.isTrue(Result.isResult(parseCondition(texts)))
  })
})
