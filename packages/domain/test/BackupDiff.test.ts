import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { BackupResp, type Change, diff } from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const everyField: Record<string, unknown> = JSON.parse(
  readFileSync(new URL("fixtures/every-field.json", import.meta.url), "utf8")
).backup

const encode = Schema.encodeSync(BackupResp)

/** The JSON of a backup. */
const textOf = (backup: BackupResp): unknown => JSON.parse(JSON.stringify(encode(backup)))

const changes = (before: object, after: object) => diff(backupOf(before), backupOf(after))

const paths = (found: ReadonlyArray<Change>) => found.map(({ path }) => path)

describe("diff", () => {
  it("gives the path, what was and what is", () => {
    assert.deepStrictEqual(changes({ status: "protecting", name: "a" }, { status: "available", name: "a" }), [
      { path: "status", before: "protecting", after: "available" }
    ])
  })

  it("gives nothing on the other side of a field that came or went", () => {
    assert.deepStrictEqual(changes({ name: "a" }, { description: "b" }), [
      { path: "name", before: "a", after: undefined },
      { path: "description", before: undefined, after: "b" }
    ])
    const info = { encrypted: true }
    assert.deepStrictEqual(changes({}, { extend_info: info }), [
      { path: "extend_info", before: undefined, after: info }
    ])
  })

  it("goes into nested fields", () => {
    assert.deepStrictEqual(
      changes(
        { extend_info: { encrypted: true, bootable: true } },
        { extend_info: { encrypted: false, bootable: true } }
      ),
      [{ path: "extend_info.encrypted", before: true, after: false }]
    )
  })

  it("matches children, replication records and images by id, in any order", () => {
    const before = {
      children: [{ id: "a", status: "protecting" }, { id: "b" }, { id: "gone", name: "x" }],
      replication_records: [{ id: "r", status: "replicating", extra_info: { progress: 40 } }, { id: "s" }],
      extend_info: { os_images_data: [{ image_id: "i" }] }
    }
    const after = {
      children: [{ id: "new", children: [] }, { id: "b" }, { id: "a", status: "available" }],
      replication_records: [{ id: "s" }, { id: "r", status: "success", extra_info: { progress: 100 } }],
      extend_info: { os_images_data: [{ image_id: "j" }, { image_id: "i" }] }
    }
    assert.deepStrictEqual(changes(before, after), [
      { path: "extend_info.os_images_data[?image_id=='j']", before: undefined, after: { image_id: "j" } },
      { path: "replication_records[?id=='r'].extra_info.progress", before: 40, after: 100 },
      { path: "replication_records[?id=='r'].status", before: "replicating", after: "success" },
      { path: "children[?id=='a'].status", before: "protecting", after: "available" },
      { path: "children[?id=='gone']", before: { id: "gone", name: "x" }, after: undefined },
      { path: "children[?id=='new']", before: undefined, after: { id: "new", children: [] } }
    ])
  })

  it("of two backups, matches children by their disks and replications by their regions", () => {
    const night = (n: number, status: string) => ({
      id: `night-${n}`,
      children: [
        { id: `a-${n}`, resource_id: "system", name: "same" },
        { id: `b-${n}`, resource_id: "data", status }
      ],
      replication_records: [{ id: `r-${n}`, destination_region: "cn-south-1" }, { status }]
    })
    assert.deepStrictEqual(paths(changes(night(1, "available"), night(2, "error"))), [
      "id",
      "replication_records[?destination_region=='cn-south-1'].id",
      "replication_records[1].status",
      "children[?resource_id=='system'].id",
      "children[?resource_id=='data'].id",
      "children[?resource_id=='data'].status"
    ])
  })

  it("of two backups, matches the newest replication to a region with the newest, and the others after it", () => {
    const region = { destination_region: "cn-south-1" }
    const failed = { ...region, status: "fail", created_at: "2026-01-02T01:00:00" }
    const made = { ...region, status: "success", created_at: "2026-01-02T02:00:00" }
    const first = { ...made, created_at: "2026-01-01T02:00:00" }
    const selector = "replication_records[?destination_region=='cn-south-1']"
    for (const records of [
      [failed, made],
      [made, failed]
    ]) {
      const found = changes(
        { id: "night-1", replication_records: [first] },
        { id: "night-2", replication_records: records }
      )
      assert.deepStrictEqual(paths(found), ["id", `${selector}.created_at`, selector])
      assert.deepStrictEqual(found[2], { path: selector, before: undefined, after: found[2]?.after })
      assert.include(found[2]?.after, { status: "fail" })
    }
  })

  it("goes down to the children of children", () => {
    const tree = (status: string) => ({ children: [{ id: "a", children: [{ id: "b", status }] }] })
    assert.deepStrictEqual(paths(changes(tree("protecting"), tree("error"))), [
      "children[?id=='a'].children[?id=='b'].status"
    ])
  })

  it("matches parts without an id, or with the same, in their order", () => {
    assert.deepStrictEqual(
      paths(changes({ children: [{ name: "a" }, { name: "b" }] }, { children: [{ name: "a" }, { name: "c" }, {}] })),
      ["children[1].name", "children[2]"]
    )
    assert.deepStrictEqual(
      paths(
        changes(
          { children: [{ id: "x" }, { id: "x", name: "b" }] },
          { children: [{ id: "x" }, { id: "x", name: "c" }] }
        )
      ),
      ["children[?id=='x'].name"]
    )
  })

  it("gives the index in the later list", () => {
    assert.deepStrictEqual(paths(changes({ children: [{ name: "a" }] }, { children: [{ id: "x" }, { name: "b" }] })), [
      "children[1].name",
      "children[?id=='x']"
    ])
    assert.deepStrictEqual(paths(changes({ children: [{ id: "x" }, {}] }, { children: [{ id: "x" }] })), [
      "children[1]"
    ])
  })

  it("escapes a quote in an id", () => {
    const id = String.raw`it's \ odd`
    assert.deepStrictEqual(paths(changes({ children: [] }, { children: [{ id }] })), [
      String.raw`children[?id==${"`"}"it's \\ odd"${"`"}]`
    ])
  })

  it("takes another spelling of the same instant for no change", () => {
    assert.deepStrictEqual(
      changes({ created_at: "2019-05-10T07:59:12Z" }, { created_at: "2019-05-10T15:59:12.000+08:00" }),
      []
    )
    assert.deepStrictEqual(paths(changes({ created_at: "2019-05-10" }, { created_at: "2019-05-11" })), ["created_at"])
  })

  it("takes another spelling of the same number for no change", () => {
    const [before, after] = ['{"resource_size":0}', '{"resource_size":-0}'].map((text) => backupOf(JSON.parse(text)))
    assert.deepStrictEqual(diff(before!, after!), [])
  })

  for (const field of Object.keys(everyField)) {
    it(`finds that ${field} went, and nothing else`, () => {
      const { [field]: _, ...without } = everyField
      assert.deepStrictEqual(paths(changes(everyField, without)), [field])
      assert.deepStrictEqual(paths(changes(without, everyField)), [field])
    })
  }

  it.prop("is empty for a backup and itself", [BackupResp], ([backup]) => {
    assert.deepStrictEqual(diff(backup, backup), [])
    assert.deepStrictEqual(diff(backup, backupOf(encode(backup))), [])
  })

  it.prop("does not see the order of parts with different ids", [BackupResp], ([backup]) => {
    const parts = [backup, { id: "x" }, { id: "y", status: "error" as const }].map((part, index) =>
      Object.assign({}, part, { id: `${index}` })
    )
    assert.deepStrictEqual(diff({ children: parts }, { children: parts.toReversed() }), [])
  })

  const key = ({ after, before, path }: Change) => JSON.stringify([path, before, after])

  it.prop("is the same backwards, with before and after exchanged", [BackupResp, BackupResp], ([a, b]) => {
    // The index of a part without an id is that in the later list: it differs between the two directions.
    const ofFields = ({ path }: Change) => !path.includes("[")
    const there = diff(a, b).filter(ofFields)
    const back = diff(b, a).filter(ofFields)
    assert.deepStrictEqual(
      there.map(key).sort(),
      back.map(({ after, before: earlier, path }) => key({ path, before: after, after: earlier })).sort()
    )
  })

  it.prop("is empty only when the two say the same", [BackupResp, BackupResp], ([a, b]) => {
    // Taking over every field that is said to have changed, whole, leads from one to the other.
    const changed = new Set(diff(a, b).map(({ path }) => path.split(/[.[]/)[0]))
    const kept = Object.entries(a).filter(([field]) => !changed.has(field))
    const taken = Object.entries(b).filter(([field]) => changed.has(field))
    const patched: BackupResp = Object.fromEntries([...kept, ...taken])
    // As text, in which 0 and -0 are one number.
    assert.deepStrictEqual(textOf(patched), textOf(b))
  })
})
