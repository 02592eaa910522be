import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { driftText, ListBackupsReader, maxNesting, ShowBackupResponse, type UnreadableResponse } from "../src/index.ts"

const example = readFileSync(new URL("fixtures/show-backup.json", import.meta.url), "utf8")
const backup = example.slice(example.indexOf(":") + 1, example.lastIndexOf("}")).trim()

const utf8 = new TextEncoder()

/** A body in pieces of the sizes that are given, over and over. */
const pieces = (body: string, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const bytes = utf8.encode(body)
  const all: Array<Uint8Array> = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    // A copy that is overwritten once it was read, as a transport's buffer may be.
    all.push(bytes.slice(at, at + size))
    at += size
  }
  return all
}

const read = (body: string, sizes: ReadonlyArray<number> = [64]) => {
  const reader = new ListBackupsReader({ request_id: "r-1" })
  const backups: Array<ShowBackupResponse> = []
  for (const piece of pieces(body, sizes)) {
    const pushed = reader.push(piece)
    if (Result.isFailure(pushed)) return { failure: pushed.failure.fault.code }
    backups.push(...pushed.success)
    piece.fill(0)
  }
  const end = reader.end()
  return Result.isFailure(end) ? { failure: end.failure.fault.code } : { backups, page: end.success }
}

const Sizes = Schema.NonEmptyArray(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 })))
const Objects = Schema.Array(Schema.Record(Schema.String, Schema.Json))
const Marks = Schema.Array(Schema.Literals(["{", "}", "[", "]", '"', ",", ":", "\\", "backup"]))
const Braced = Schema.Array(Schema.Struct({ name: Marks, children: Schema.Array(Marks) }))

describe("ListBackupsReader", () => {
  it.prop("the reader gives each element as it came, wherever the body is cut", [Objects, Sizes], ([list, sizes]) => {
    const { backups, page } = read(JSON.stringify({ backups: list, count: list.length }), sizes)
    assert.deepStrictEqual(
      backups?.map(({ raw }) => raw),
      list.map((element) => `{"backup":${JSON.stringify(element)}}`)
    )
    assert.strictEqual(page?.received, list.length)
    assert.strictEqual(page?.count, list.length)
  })

  it.prop(
    "the reader gives each element as it came, whatever braces its texts have",
    [Braced, Sizes],
    ([marks, sizes]) => {
      const list = marks.map(({ children, name }) => ({
        name: name.join(""),
        children: children.map((child) => ({ [child.join("")]: {} }))
      }))
      assert.deepStrictEqual(
        read(JSON.stringify({ backups: list }), [...sizes, 2 ** 16]).backups?.map(({ raw }) => raw),
        list.map((element) => `{"backup":${JSON.stringify(element)}}`)
      )
    }
  )

  it.prop("the reader types each element as ShowBackup's answer", [Objects, Sizes], ([list, sizes]) => {
    const bodies = list.map((element) => `{"backup":${JSON.stringify(element)}}`)
    assert.deepStrictEqual(
      read(JSON.stringify({ count: 0, backups: list }), sizes).backups?.map(({ backup, drift }) => [backup, drift]),
      bodies.map((body) => Result.getOrThrow(ShowBackupResponse.read(body))).map(({ backup, drift }) => [backup, drift])
    )
  })

  it.prop("the reader never throws, and fails where JSON.parse does", [Schema.String, Sizes], ([text, sizes]) => {
    for (const body of [text, `{"backups":[${text}]}`, `{"backups":[{}],${text}}`]) {
      let isJson = true
      try {
        JSON.parse(body)
      } catch {
        isJson = false
      }
      const { failure } = read(body, sizes)
      if (!isJson) assert.strictEqual(failure, "not-json")
      else assert.notStrictEqual(failure, "not-json")
    }
  })

  it("the reader keeps white space, numbers beyond 2^53 and the page's example", () => {
    const odd = `{ "id" : "ü\\"]}" ,\n "quota": 9007199254740993 }`
    const { backups } = read(` {\n"count" : 2, "backups" : [ ${odd} , ${backup} ] } `, [1])
    assert.deepStrictEqual(
      backups?.map(({ raw }) => raw),
      [`{"backup":${odd}}`, `{"backup":${backup}}`]
    )
    assert.strictEqual(backups?.[1]?.backup.children?.[0]?.extend_info?.encrypted, true)
    assert.strictEqual(backups?.[1]?.request_id, "r-1")
  })

  it("a backup is there with its last byte, before the body ends", () => {
    const reader = new ListBackupsReader()
    assert.lengthOf(Result.getOrThrow(reader.push(utf8.encode(`{"backups":[{"id":"a"`))), 0)
    assert.strictEqual(Result.getOrThrow(reader.push(utf8.encode(`},`)))[0]?.backup.id, "a")
  })

  const refusals: ReadonlyArray<readonly [what: string, body: string, reason: UnreadableResponse["fault"]["code"]]> = [
    ["nothing", "", "not-json"],
    ["a cut body", `{"backups":[{"id":"a"}`, "not-json"],
    ["a body that is cut in an element", `{"backups":[{"id":"a`, "not-json"],
    ["elements without a comma", `{"backups":[{} {}]}`, "not-json"],
    ["a comma too many", `{"backups":[{},]}`, "not-json"],
    ["text behind the body", `{"backups":[]}x`, "not-json"],
    ["an element that is not JSON", `{"backups":[{]}]}`, "not-json"],
    ["an element that is more than one value", `{"backups":[{"x":"{"},"backup":{"x":"}"}]}`, "not-json"],
    ["two values in one place", `{"backups":[1 2]}`, "not-json"],
    ["one backup", example, "not-a-list"],
    ["an array", "[]", "not-a-list"],
    ["an array of the key", `["backups",[{}]]`, "not-a-list"],
    ["no list", `{"count":0}`, "not-a-list"],
    ["null in place of the list", `{"backups":null}`, "not-a-list"],
    ["an object in place of the list", `{"backups":{}}`, "not-a-list"],
    ["a list within another object", `{"data":{"backups":[{}]}}`, "not-a-list"],
    ["two lists", `{"backups":[{}],"backups":[{}]}`, "not-a-list"],
    ["another spelling of the key", `{"\\u0062ackups":[{}]}`, "not-a-list"],
    ["deep nesting in an element", `{"backups":[${"[".repeat(maxNesting)}]}`, "too-deep"],
    ["deep nesting in an object", `{"backups":[{"x":${"[".repeat(maxNesting)}${"]".repeat(maxNesting)}}]}`, "too-deep"],
    ["deep nesting beside the list", "[".repeat(maxNesting + 1), "too-deep"],
    ["a large field beside the list", `{"x":"${"x".repeat(2 ** 20)}","backups":[]}`, "list-too-large"]
  ]
  it.each(refusals)("the reader refuses %s", (_what, body, reason) => {
    for (const sizes of [[1], [7, 3], [2 ** 22]]) {
      if (body.length > 2 ** 20 && sizes[0] === 1) continue
      assert.strictEqual(read(body, sizes).failure, reason)
    }
  })

  it("the reader refuses text that is not UTF-8, and goes on refusing", () => {
    const reader = new ListBackupsReader()
    const bytes = Uint8Array.from([...utf8.encode(`{"backups":[{"id":"`), 0xff, ...utf8.encode(`"}]}`)])
    for (let turn = 0; turn < 2; turn++) {
      const pushed = reader.push(bytes)
      assert.strictEqual(Result.isFailure(pushed) ? pushed.failure.fault.code : "", "not-json")
    }
    assert.isTrue(Result.isFailure(reader.end()))
  })

  it("the reader reads as deep as one backup may nest", () => {
    const depth = maxNesting - 2
    const element = `{"x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`
    assert.lengthOf(read(`{"backups":[${element}]}`).backups ?? [], 1)
    assert.strictEqual(read(`{"backups":[[${element}]]}`).failure, "too-deep")
  })

  it("an element that is no object keeps its place, and its drift", () => {
    const { backups, page } = read(`{"backups":[null,"x",[],{"id":"a"}],"count":"4","next":1}`)
    assert.deepStrictEqual(
      backups?.map(({ backup }) => backup),
      [{}, {}, {}, { id: "a" }]
    )
    assert.strictEqual(page?.received, 4)
    assert.isUndefined(page?.count)
    assert.deepStrictEqual(
      page?.drift.map(({ kind, path }) => `${kind} ${path}`),
      ["WrongType count", "UndocumentedField next"]
    )
    assert.deepStrictEqual(
      backups?.map(({ drift }) => drift.map((each) => `${each.path} ${driftText(each).actual.en}`)),
      [[], [`backup string "x"`], ["backup array of 0"], []]
    )
  })

  it("a byte order mark does not matter", () => {
    assert.lengthOf(read(`\uFEFF{"backups":[{}]}`, [1]).backups ?? [], 1)
  })
})
