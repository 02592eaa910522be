import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import {
  DriftFound,
  driftText,
  JsonText,
  maxLength,
  maxNesting,
  ShowBackupResponse,
  UnreadableResponse
} from "../src/index.ts"

const example = readFileSync(new URL("fixtures/show-backup.json", import.meta.url), "utf8")

const refusal = (raw: string) => {
  const result = ShowBackupResponse.read(raw)
  return Result.isFailure(result) ? result.failure.fault.code : "read"
}

/** A body whose objects and arrays nest `levels` deep, all of it children. */
const nested = (levels: number, innermost = "{}") => {
  const children = (levels - 2) / 2
  return `{"backup":${`{"children":[`.repeat(children)}${innermost}${"]}".repeat(children)}}`
}

describe("ShowBackupResponse.read", () => {
  it("keeps the text and the request id", () => {
    const response = Result.getOrThrow(ShowBackupResponse.read(example, { request_id: "r-1" }))
    assert.strictEqual(response.raw, example)
    assert.strictEqual(response.request_id, "r-1")
    assert.strictEqual(response.backup.children?.[0]?.extend_info?.encrypted, true)
    assert.isUndefined(Result.getOrThrow(ShowBackupResponse.read(example)).request_id)
  })

  const refusals: ReadonlyArray<readonly [name: string, raw: string, reason: UnreadableResponse["fault"]["code"]]> = [
    ["nothing", "", "empty"],
    ["white space", " \n", "empty"],
    ["a page of a load balancer", "<html><body>502</body></html>", "not-json"],
    ["a cut body", example.slice(0, -10), "not-json"],
    ["text after the body", `${example}x`, "not-json"],
    ["null", "null", "not-a-backup"],
    ["a string", `"backup"`, "not-a-backup"],
    ["a number", "1", "not-a-backup"],
    ["an array", "[]", "not-a-backup"],
    ["an array of a body", `[${example}]`, "not-a-backup"],
    ["an object without a backup", "{}", "not-a-backup"],
    ["an error body", `{"error_code":"BackupService.6200","error_msg":"x"}`, "not-a-backup"],
    ["a null backup", `{"backup":null}`, "not-a-backup"],
    ["an array as a backup", `{"backup":[]}`, "not-a-backup"],
    ["a string as a backup", `{"backup":"x"}`, "not-a-backup"],
    ["a backup in the prototype", `{"__proto__":{"backup":{}}}`, "not-a-backup"],
    ["16 MiB of [", "[".repeat(maxLength), "too-deep"],
    ["more than 16 MiB", `{"backup":{"name":"${"x".repeat(maxLength)}"}}`, "too-large"],
    ["10,000 children in each other", nested(20_002), "too-deep"],
    ["one level too many", nested(maxNesting + 2), "too-deep"]
  ]
  it.each(refusals)("refuses %s", (_name, raw, reason) => {
    assert.strictEqual(refusal(raw), reason)
  })

  it("quotes nothing of a body that it refuses", () => {
    for (const raw of ["token=SECRET", `{"secret":"SECRET"}`, `["SECRET"]`]) {
      const result = ShowBackupResponse.read(raw)
      assert.isTrue(Result.isFailure(result) && !JSON.stringify(result.failure).includes("SECRET"))
      assert.isTrue(
        Result.isFailure(result) && result.failure.message !== "" && !String(result.failure).includes("SECRET")
      )
    }
  })

  it("reads 1,000 levels, whether they fit or not", () => {
    const fitting = nested(maxNesting)
    assert.strictEqual(JsonText.nesting(fitting), maxNesting)
    assert.deepStrictEqual(Result.getOrThrow(ShowBackupResponse.read(fitting)).drift, [])
    const unfit = Result.getOrThrow(ShowBackupResponse.read(nested(maxNesting, `{"id":1}`)))
    assert.strictEqual(unfit.drift.length, 1)
    assert.isTrue(unfit.drift[0]?.path.endsWith("children[0].id"))
  })

  it("brackets inside strings are no levels", () => {
    const name = `${"[{".repeat(5000)}\\"[`
    assert.strictEqual(refusal(`{"backup":{"name":"${name}"}}`), "read")
  })

  it("a large body of 60 disks with 4 copies each is read", () => {
    const copies = Array.from({ length: 4 }, () => ({ status: "success" }))
    const children = Array.from({ length: 60 }, () => ({ status: "available", replication_records: copies }))
    const response = Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup: { children } })))
    assert.strictEqual(response.backup.children?.length, 60)
    assert.strictEqual(response.backup.children?.[59]?.replication_records?.[3]?.status, "success")
  })

  it("a byte order mark does not matter, and stays in the text", () => {
    const response = Result.getOrThrow(ShowBackupResponse.readStrict(`\uFEFF${example}`))
    assert.strictEqual(response.backup.status, "available")
    assert.strictEqual(response.raw, `\uFEFF${example}`)
  })

  it("numbers beyond 2^53 survive in the text and in its indented form", () => {
    const response = Result.getOrThrow(ShowBackupResponse.read(`{"backup":{"quota":9007199254740993,"rate":1.0e2}}`))
    assert.include(response.raw, "9007199254740993")
    assert.include(JsonText.indent(response.raw), `"quota": 9007199254740993`)
    assert.include(JsonText.indent(response.raw), `"rate": 1.0e2`)
  })

  it("the last of a repeated key counts", () => {
    assert.strictEqual(
      Result.getOrThrow(ShowBackupResponse.read(`{"backup":{"id":"a"},"backup":{"id":"b"}}`)).backup.id,
      "b"
    )
  })

  it.prop("never throws on JSON, wherever it stands", [Schema.Json], ([json]) => {
    for (const body of [
      json,
      { backup: json },
      { backup: { extend_info: json, children: [json], created_at: json } }
    ]) {
      const result = ShowBackupResponse.read(JSON.stringify(body))
      if (Result.isSuccess(result)) assert.isArray(result.success.drift)
    }
  })

  it.prop("never throws on text", [Schema.String], ([text]) => {
    assert.isTrue(Result.isResult(ShowBackupResponse.read(text)))
    assert.isTrue(Result.isResult(ShowBackupResponse.readStrict(`{"backup":${text}}`)))
  })
})

describe("ShowBackupResponse.drift", () => {
  const body = `{"trace":"t","backup":{"name":3,"status":"new","version":1,"id":"x"},"backups":[]}`

  it("is in the order of the body, fields beside the backup included", () => {
    const inWords = Result.getOrThrow(ShowBackupResponse.read(body)).drift.map(({ kind, path, ...found }) => {
      const { actual, expected } = driftText(found)
      return { kind, path, expected: expected.en, actual: actual.en }
    })
    assert.deepStrictEqual(inWords, [
      { kind: "UndocumentedField", path: "trace", expected: "no such field", actual: `string "t"` },
      { kind: "WrongType", path: "backup.name", expected: "string", actual: "number 3" },
      {
        kind: "UndocumentedValue",
        path: "backup.status",
        expected:
          "one of available, protecting, deleting, restoring, error, waiting_protect, waiting_delete, waiting_restore",
        actual: `string "new"`
      },
      { kind: "UndocumentedField", path: "backup.version", expected: "no such field", actual: "number 1" },
      { kind: "UndocumentedField", path: "backups", expected: "no such field", actual: "array of 0" }
    ])
  })

  it("strict reading turns it into an error that names the first place", () => {
    const result = ShowBackupResponse.readStrict(body)
    assert.isTrue(Result.isFailure(result))
    const error = Result.isFailure(result) ? result.failure : undefined
    assert.instanceOf(error, DriftFound)
    assert.strictEqual(
      error?.message,
      `the answer departs from the API's page: trace: expected no such field, got string "t" (and 4 more)`
    )
  })

  it("strict reading refuses what reading refuses", () => {
    const result = ShowBackupResponse.readStrict("[]")
    assert.instanceOf(Result.isFailure(result) ? result.failure : undefined, UnreadableResponse)
  })

  it("a null anywhere is no drift", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(ShowBackupResponse.readStrict(`{"backup":{"name":null,"extend_info":{"bootable":null}}}`))
        .drift,
      []
    )
  })
})
