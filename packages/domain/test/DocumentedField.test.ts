import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { documentedFields } from "../src/DocumentedField.ts"

const fields = documentedFields()

describe("documentedFields", () => {
  it("has the page's fields of a backup, and those inside them once", () => {
    const paths = fields.map(({ path }) => path)
    assert.strictEqual(new Set(paths).size, paths.length)
    const page = JSON.parse(readFileSync(new URL("fixtures/every-field.json", import.meta.url), "utf8")).backup
    assert.sameMembers(
      paths.filter((path) => !/[.[]/.test(path)),
      Object.keys(page)
    )
    assert.include(paths, "extend_info.os_images_data[].image_id")
    assert.include(paths, "replication_records[].extra_info.destinatio_vault_id")
    assert.isFalse(paths.some((path) => path.startsWith("children[].")))
  })

  it("tells the type of each, and the values of an enumeration", () => {
    const typeOf = (path: string) => fields.find((field) => field.path === path)?.type
    assert.deepStrictEqual(
      ["created_at", "resource_size", "incremental", "extend_info", "children", "status"].map(typeOf),
      ["time", "integer", "boolean", "object", "array", "string"]
    )
    const status = fields.find(({ path }) => path === "status")
    assert.strictEqual(status?.values?.["deleting"]?.zh, "删除中")
  })

  it("says what the docstring of the field says, so that editors and users read the same", () => {
    const sources = [
      "BackupResp",
      "BackupExtendInfo",
      "ImageData",
      "ReplicationRecordGet",
      "ReplicationRecordsExtraInfo"
    ]
    const docstrings = sources.flatMap((name) => {
      const source = readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8")
      return [...source.matchAll(/\/\*\* (.+) \*\/\n\s+(?:readonly )?(\w+)\??: /g)].map(
        ([, text, field]) => `${field}: ${text}`
      )
    })
    for (const { meaning, path } of fields) {
      const name = path.slice(path.lastIndexOf(".") + 1)
      assert.isTrue(
        docstrings.some((docstring) => docstring.startsWith(`${name}: ${meaning.en}.`)),
        `${path}: ${meaning.en}`
      )
      assert.match(meaning.zh, /\p{Script=Han}/u)
    }
  })
})
