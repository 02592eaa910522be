import { formatCondition, parseCondition, queryCondition, seen, WaitCondition } from "@cbr/client"
import { query } from "@cbr/client/jmespath"
import { createBackupClient, InvalidRequest } from "@cbr/client/promise"
import { ShowBackupResponse } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"

const backupId = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

const decide = (expression: string, backup: object) => {
  const response = Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup })))
  const condition = Result.getOrThrow(queryCondition(expression))
  return WaitCondition.decide(condition, seen(response, undefined))
}

describe("queryCondition", () => {
  it("holds where the value is true, and is waited out for any other", () => {
    assert.strictEqual(decide("backup.size > `40`", { size: 41 })._tag, "Met")
    for (const backup of [{ size: 40 }, {}, { size: "41" }]) {
      assert.strictEqual(decide("backup.size > `40`", backup)._tag, "Pending")
    }
    assert.strictEqual(decide("backup.size", { size: 41 })._tag, "Pending")
    assert.strictEqual(decide("backup.size == `9007199254740993`", { size: 9007199254740992 })._tag, "Pending")
  })

  it("says the value, and a field that is not there with one that may be meant", () => {
    assert.deepStrictEqual(decide("backup.statsu == 'available'", { status: "available" }), {
      _tag: "Pending",
      reason: { code: "test-gives", value: "false", missing: "statsu", near: "status" }
    })
    assert.deepStrictEqual(decide("length(backup.size)", { size: 1 }), {
      _tag: "Pending",
      reason: { code: "test-gives", value: "null" }
    })
  })

  it("says a field that is not there, though a function refuses the null in its place", () => {
    const expected = { code: "test-gives", value: "null", missing: "statsu", near: "status" } as const
    for (const expression of ["starts_with(backup.statsu, 'avail')", "length(backup.statsu) > `3`"]) {
      assert.deepStrictEqual(decide(expression, { status: "available" }), { _tag: "Pending", reason: expected })
    }
  })

  it("is read from its text, and written as it", () => {
    const text = "query=backup.name=='a=b'"
    assert.strictEqual(formatCondition(Result.getOrThrow(parseCondition(text))), text)
    assert.strictEqual(
      formatCondition(Result.getOrThrow(parseCondition(["exists", text]))),
      "exists and query=backup.name=='a=b'"
    )
  })
})

describe("query, for a client of promises", () => {
  const client = createBackupClient({
    region: "cn-north-4",
    token: "exampleTokenOfTestsOnly",
    projectId: "4229d7a45436489f8c3dc2b1d35d4987",
    fetch: async () => Response.json({ backup: { status: "protecting" } })
  })

  it("is waited for, and named where it does not come true", async () => {
    const condition = query("backup.status=='protecting'")
    assert.strictEqual((await client.waitUntil(backupId, condition)).backup.status, "protecting")
    const late = await client
      .waitUntil(backupId, query("backup.status=='available'"), { timeout: 20 })
      .catch((error) => error)
    assert.match(late.message, /^query=backup\.status=='available' did not come true within 20ms: it gives false$/)
  })

  it("throws for what is no expression", () => {
    assert.throws(() => query("backup."), InvalidRequest as never, /backup\. is no query: it ends too early/)
  })

  it("is needed where the client has no reader of expressions", async () => {
    const refused = await client.waitUntil(backupId, "query=backup.size" as "exists").catch((error) => error)
    assert.instanceOf(refused, InvalidRequest)
    assert.match(refused.message, /query\(\) of @cbr\/client\/jmespath/)
  })
})
