import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Schema, type SchemaAST } from "effect"
import { BackupResp, type Drift, driftText } from "../src/index.ts"
import { decode } from "../src/LenientDecoder.ts"

const everyField: Record<string, unknown> = JSON.parse(
  readFileSync(new URL("fixtures/every-field.json", import.meta.url), "utf8")
).backup

const encode = Schema.encodeSync(BackupResp)
const { propertySignatures } = BackupResp.ast as SchemaAST.Objects

const forgiving = (value: unknown) => {
  const drift: Array<Drift> = []
  const backup = decode(BackupResp, value, "backup", drift)
  return { backup, drift }
}

describe("LenientDecoder.decode", () => {
  for (const { name } of propertySignatures) {
    const field = String(name)
    const nested = typeof everyField[field] === "object"
    const wrong: unknown = nested ? "a text" : { an: "object" }

    it(`a wrong ${field} leaves the other 23`, () => {
      const { backup, drift } = forgiving({ ...everyField, [field]: wrong })
      const { [field]: _, ...others } = everyField
      assert.deepStrictEqual(encode(backup!), others)
      assert.strictEqual(drift.length, 1)
      assert.strictEqual(drift[0]?.kind, "WrongType")
      assert.strictEqual(drift[0]?.path, `backup.${field}`)
      assert.strictEqual(drift[0] && driftText(drift[0]).actual.en, nested ? `string "a text"` : "object")
    })

    it(`a null ${field} is absent, without drift`, () => {
      const { backup, drift } = forgiving({ ...everyField, [field]: null })
      const { [field]: _, ...others } = everyField
      assert.deepStrictEqual(encode(backup!), others)
      assert.deepStrictEqual(drift, [])
    })
  }

  it("says what was expected and what came", () => {
    const { drift } = forgiving({
      id: 7,
      incremental: "yes",
      resource_size: "40",
      created_at: "last Tuesday",
      enterprise_project_id: true,
      extend_info: [],
      children: {},
      replication_records: [null, { extra_info: { progress: 12.5 } }],
      description: ["a", "b"],
      name: -0.5,
      version: 2 ** 53,
      status: 1
    })
    assert.deepStrictEqual(
      drift.map((each) => [each.path, driftText(each).expected.en, driftText(each).actual.en]),
      [
        ["backup.id", "string", "number 7"],
        ["backup.incremental", "boolean", `string "yes"`],
        ["backup.resource_size", "integer", `string "40"`],
        ["backup.created_at", "string: a time such as 2020-02-05T10:38:34.209782", `string "last Tuesday"`],
        ["backup.enterprise_project_id", "string or integer", "boolean true"],
        ["backup.extend_info", "object", "array of 0"],
        ["backup.children", "array", "object"],
        ["backup.replication_records[1].extra_info.progress", "integer", "number 12.5"],
        ["backup.description", "string", "array of 2"],
        ["backup.name", "string", "number -0.5"],
        ["backup.version", "no such field", "number beyond 2^53"],
        ["backup.status", "string", "number 1"]
      ]
    )
  })

  it("gives the fields in the schema's order, whatever the body's", () => {
    const reversed = Object.fromEntries(Object.entries(everyField).toReversed())
    assert.deepStrictEqual(
      Object.keys(forgiving(reversed).backup ?? {}),
      propertySignatures.map(({ name }) => name)
    )
  })

  it("an unfit element of a list leaves an empty one in its place", () => {
    const { backup, drift } = forgiving({ children: [{ id: "a" }, "b", { id: "c", status: 1 }] })
    assert.deepStrictEqual(backup, { children: [{ id: "a" }, {}, { id: "c" }] })
    assert.deepStrictEqual(
      drift.map(({ path }) => path),
      ["backup.children[1]", "backup.children[2].status"]
    )
  })

  it("a null element leaves an empty one in its place, without drift", () => {
    const { backup, drift } = forgiving({
      children: [null, { id: "a" }],
      replication_records: [null],
      extend_info: { os_images_data: [{ image_id: "i" }, null] }
    })
    assert.deepStrictEqual(backup, {
      extend_info: { os_images_data: [{ image_id: "i" }, {}] },
      replication_records: [{}],
      children: [{}, { id: "a" }]
    })
    assert.deepStrictEqual(drift, [])
  })

  it("nothing stands in for an unfit element of a list of scalars", () => {
    const drift: Array<Drift> = []
    assert.deepStrictEqual(decode(Schema.Array(Schema.String), ["a", 1, null, "b"], "list", drift), ["a", "b"])
    assert.deepStrictEqual(
      drift.map(({ path }) => path),
      ["list[1]"]
    )
  })

  it("quotes a key that a path could not tell apart, and cuts a long value", () => {
    const { drift } = forgiving({ "a.b": 1, status: { "x y": 1 }, extend_info: { "": "y".repeat(200) } })
    assert.deepStrictEqual(
      drift.map(({ path }) => path),
      [`backup."a.b"`, "backup.status", `backup.extend_info.""`]
    )
    assert.isBelow(driftText(drift[2]!).actual.en.length, 80)
  })

  it("a member of an enumeration that came with the wrong type is a wrong type", () => {
    assert.deepStrictEqual(
      forgiving({ status: 3 }).drift.map(({ kind }) => kind),
      ["WrongType"]
    )
  })

  it("takes nothing of a value that is no object", () => {
    for (const value of [null, 1, "x", true, []]) assert.isUndefined(forgiving(value).backup)
  })

  it("keys of Object's prototype are fields like any other", () => {
    const { backup, drift } = forgiving(
      JSON.parse(`{"__proto__":{"status":"available"},"constructor":1,"toString":2,"hasOwnProperty":3,"id":"x"}`)
    )
    assert.deepStrictEqual(backup, { id: "x" })
    assert.isUndefined(backup?.status)
    assert.deepStrictEqual(
      drift.map(({ kind, path }) => `${kind} ${path}`),
      ["__proto__", "constructor", "toString", "hasOwnProperty"].map((key) => `UndocumentedField backup.${key}`)
    )
    assert.isUndefined(({} as { status?: unknown }).status)
  })

  it.prop("agrees with the schema's own decoding on what fits, without a wrong type", [BackupResp], ([sample]) => {
    const body: unknown = JSON.parse(JSON.stringify(encode(sample)))
    const { backup, drift } = forgiving(body)
    const decoded = Schema.decodeUnknownSync(BackupResp)(body)
    assert.deepStrictEqual(backup, decoded)
    assert.deepStrictEqual(Object.keys(backup ?? {}), Object.keys(decoded))
    assert.isEmpty(drift.filter(({ kind }) => kind !== "UndocumentedValue"))
  })

  it.prop("never throws, whatever JSON comes, and its result is well typed", [Schema.Json], ([json]) => {
    for (const value of [json, { children: json, extend_info: json, status: json, created_at: json }]) {
      const { backup } = forgiving(value)
      if (backup !== undefined) encode(backup)
    }
  })
})
