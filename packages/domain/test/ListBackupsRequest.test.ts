import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import {
  listBackupsPath,
  listBackupsQuery,
  ListBackupsRequest,
  matchesListBackups,
  readListBackupsQuery
} from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const project_id = "4229d7a45436489f8c3dc2b1d35d4987"

const isRequest = Schema.is(ListBackupsRequest)

describe("ListBackupsRequest", () => {
  it.prop("a request is read back from its own query", [ListBackupsRequest], ([request]) => {
    const query = listBackupsQuery(request)
    const again = Result.getOrThrow(readListBackupsQuery(request.project_id, query))
    assert.deepStrictEqual(listBackupsQuery(again), query)
    const { status, ...rest } = request
    const { status: readStatus, ...readRest } = again
    assert.deepStrictEqual(readRest, rest)
    assert.deepStrictEqual(new Set(readStatus), new Set(status))
  })

  it("the query is sorted, has each status once, and says nothing that was not asked", () => {
    assert.deepStrictEqual(
      listBackupsQuery({
        project_id,
        status: ["error", "available", "error"],
        resource_name: "数据库 1+1&x",
        limit: 100,
        incremental: false,
        sort: "created_at:desc,name"
      }),
      [
        ["incremental", "false"],
        ["limit", "100"],
        ["resource_name", "数据库 1+1&x"],
        ["sort", "created_at:desc,name"],
        ["status", "available"],
        ["status", "error"]
      ]
    )
    assert.deepStrictEqual(listBackupsQuery({ project_id }), [])
    assert.strictEqual(listBackupsPath({ project_id }), `/v3/${project_id}/backups`)
  })

  const wrong: ReadonlyArray<readonly [what: string, fields: object]> = [
    ["a path in the project", { project_id: "../x" }],
    ["a limit of 0", { limit: 0 }],
    ["a limit above 1,000", { limit: 1001 }],
    ["half an offset", { offset: 0.5 }],
    ["a time with an offset", { start_time: "2018-02-01T12:00:00+08:00" }],
    ["a time with a fraction", { start_time: "2018-02-01T12:00:00.5Z" }],
    ["a day that no calendar has", { end_time: "2018-02-30T12:00:00Z" }],
    ["an unknown sort key", { sort: "size" }],
    ["a sort of nothing", { sort: "" }],
    ["an unknown direction", { sort: "name:up" }],
    ["a sort without a comma", { sort: "namestatus" }],
    ["no status", { status: [] }],
    ["an unknown status", { status: ["ready"] }],
    ["a line break", { resource_name: "a\nb" }],
    ["an empty name", { name: "" }],
    ["a marker that is no id", { marker: "x" }]
  ]
  it.each(wrong)("the schema refuses %s", (_what, fields) => {
    assert.isFalse(isRequest({ project_id, ...fields }))
  })
})

describe("readListBackupsQuery", () => {
  const refused: ReadonlyArray<readonly [what: string, query: ReadonlyArray<readonly [string, string]>]> = [
    ["a name that the page does not list", [["page", "1"]]],
    ["a name of JavaScript's objects", [["constructor", "1"]]],
    ["a name in another case", [["Limit", "1"]]],
    [
      "a name twice",
      [
        ["limit", "1"],
        ["limit", "1"]
      ]
    ],
    ["another spelling of a number", [["limit", "010"]]],
    ["a number with a sign", [["offset", "+1"]]],
    ["another spelling of true", [["incremental", "True"]]],
    ["an empty value", [["status", ""]]]
  ]
  it.each(refused)("the query is refused for %s", (_what, query) => {
    assert.isTrue(Result.isFailure(readListBackupsQuery(project_id, query)))
  })
})

describe("matchesListBackups", () => {
  const backup = backupOf({ resource_name: "db-1", resource_id: "r1", status: "available", name: "nightly" })

  it("a name is compared whole, and a field that did not come excludes nothing", () => {
    assert.isTrue(matchesListBackups({ resource_name: "db-1", vault_id: "v" }, backup))
    assert.isFalse(matchesListBackups({ resource_name: "db" }, backup))
    assert.isFalse(matchesListBackups({ status: ["error", "protecting"] }, backup))
    assert.isTrue(matchesListBackups({ status: ["error", "available"] }, backup))
    assert.isFalse(matchesListBackups({ name: "night" }, backup))
  })
})
