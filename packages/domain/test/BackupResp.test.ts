import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema, type SchemaAST } from "effect"
import { BackupResp, ShowBackupResponse } from "../src/index.ts"

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8")

const encode = Schema.encodeSync(BackupResp)
const decode = Schema.decodeUnknownSync(BackupResp)

const readBackup = (backup: unknown) => Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup })))

describe("BackupResp", () => {
  for (const name of ["show-backup.json", "every-field.json"]) {
    it(`decodes every field of ${name}`, () => {
      const raw = fixture(name)
      const { backup, drift } = Result.getOrThrow(ShowBackupResponse.readStrict(raw))
      const expected = JSON.parse(raw).backup
      // The one documented field that does not come as documented: the page's own example has the number 0.
      expected.enterprise_project_id = "0"
      assert.deepStrictEqual(encode(backup), expected)
      assert.deepStrictEqual(drift, [])
    })
  }

  it("has the page's 24 fields", () => {
    const { propertySignatures } = BackupResp.ast as SchemaAST.Objects
    assert.strictEqual(propertySignatures.length, 24)
    assert.sameMembers(
      propertySignatures.map(({ name }) => name),
      Object.keys(JSON.parse(fixture("every-field.json")).backup)
    )
  })

  it.prop("what is encoded decodes to the same backup", [BackupResp], ([backup]) => {
    assert.deepStrictEqual(decode(encode(backup)), backup)
    assert.deepStrictEqual(encode(decode(encode(backup))), encode(backup))
  })
})

describe("reading a variant of the body without drift", () => {
  const variants: ReadonlyArray<readonly [name: string, backup: object, typed: object]> = [
    ["an empty backup", {}, {}],
    ["enterprise_project_id as a number", { enterprise_project_id: 0 }, { enterprise_project_id: "0" }],
    ["enterprise_project_id as a digit", { enterprise_project_id: "0" }, { enterprise_project_id: "0" }],
    [
      "enterprise_project_id as a UUID",
      { enterprise_project_id: "b1a4c0b7-40a5-4f5c-a3a0-8f9e1a2c3d4e" },
      { enterprise_project_id: "b1a4c0b7-40a5-4f5c-a3a0-8f9e1a2c3d4e" }
    ],
    ["the size of a deleted resource", { resource_size: 0 }, { resource_size: 0 }],
    ["a size beyond 32 bits", { resource_size: 2 ** 31 + 1 }, { resource_size: 2 ** 31 + 1 }],
    ["the largest exact size", { resource_size: 2 ** 53 - 1 }, { resource_size: 2 ** 53 - 1 }],
    ["no images", { extend_info: { os_images_data: [] } }, { extend_info: { os_images_data: [] } }],
    ["images null", { extend_info: { os_images_data: null } }, { extend_info: {} }],
    ["images absent", { extend_info: {} }, { extend_info: {} }],
    [
      "images",
      { extend_info: { os_images_data: [{ image_id: "a" }, {}] } },
      { extend_info: { os_images_data: [{ image_id: "a" }, {}] } }
    ],
    [
      "the page's spelling of the destination vault",
      { replication_records: [{ extra_info: { destinatio_vault_id: "v" } }] },
      { replication_records: [{ extra_info: { destinatio_vault_id: "v" } }] }
    ],
    [
      "the right spelling of the destination vault",
      { replication_records: [{ extra_info: { destination_vault_id: "v" } }] },
      { replication_records: [{ extra_info: { destination_vault_id: "v" } }] }
    ],
    ["a child that repeats no children", { children: [{ children: [] }] }, { children: [{ children: [] }] }]
  ]
  for (const [name, body, typed] of variants) {
    it(`accepts ${name}`, () => {
      const response = readBackup(body)
      assert.deepStrictEqual(encode(response.backup), typed)
      assert.deepStrictEqual(response.drift, [])
    })
  }

  it("accepts enterprise_project_id as a number in any spelling, and keeps its value", () => {
    const { backup, drift } = Result.getOrThrow(ShowBackupResponse.read(`{"backup":{"enterprise_project_id":1e2}}`))
    assert.strictEqual(backup.enterprise_project_id, "100")
    assert.deepStrictEqual(drift, [])
  })

  const times: ReadonlyArray<readonly [text: string, utc: string]> = [
    ["2020-02-05T10:38:34.209782", "2020-02-05T10:38:34.209Z"],
    ["2019-05-10T07:59:12.085+00:00", "2019-05-10T07:59:12.085Z"],
    ["2019-05-10T07:59:12Z", "2019-05-10T07:59:12.000Z"],
    ["2019-05-10T15:59:12+08:00", "2019-05-10T07:59:12.000Z"],
    ["2020-02-05", "2020-02-05T00:00:00.000Z"]
  ]
  for (const field of ["created_at", "expired_at", "protected_at", "updated_at"] as const) {
    it.each(times)(`accepts %s as ${field}`, (text, utc) => {
      const { backup, drift } = readBackup({ [field]: text })
      assert.strictEqual(backup[field]?.utc.toJSON(), utc)
      assert.strictEqual(backup[field]?.text, text)
      assert.deepStrictEqual(drift, [])
    })
  }
})

describe("reading a variant of the body with drift", () => {
  const kinds = (body: object) => readBackup(body).drift.map(({ kind, path }) => `${kind} ${path}`)

  it("reports fields that the page does not list", () => {
    assert.deepStrictEqual(
      kinds({
        version: 3,
        extend_info: {
          app_consistency: { app_consistency: "0", app_consistency_status: "0" },
          architecture: "x86_64",
          incremental: true
        }
      }),
      [
        "UndocumentedField backup.version",
        "UndocumentedField backup.extend_info.app_consistency",
        "UndocumentedField backup.extend_info.architecture",
        "UndocumentedField backup.extend_info.incremental"
      ]
    )
  })

  it("reports and keeps members that an enumeration does not list", () => {
    const body = {
      status: "archiving",
      image_type: "copy",
      resource_type: "OS::New::Thing",
      provider_id: "00000000-0000-0000-0000-000000000000",
      extend_info: { supported_restore_mode: "both" },
      replication_records: [{ status: "queued" }],
      children: [{ status: "" }]
    }
    assert.deepStrictEqual(kinds(body), [
      "UndocumentedValue backup.status",
      "UndocumentedValue backup.image_type",
      "UndocumentedValue backup.resource_type",
      "UndocumentedValue backup.provider_id",
      "UndocumentedValue backup.extend_info.supported_restore_mode",
      "UndocumentedValue backup.replication_records[0].status",
      "UndocumentedValue backup.children[0].status"
    ])
    assert.deepStrictEqual(encode(readBackup(body).backup), body)
  })

  it("reports a project id that a number cannot spell exactly", () => {
    const response = Result.getOrThrow(
      ShowBackupResponse.read(`{"backup":{"enterprise_project_id":12345678901234567890}}`)
    )
    assert.deepStrictEqual(response.backup, {})
    assert.deepStrictEqual(
      response.drift.map(({ kind }) => kind),
      ["WrongType"]
    )
  })
})
