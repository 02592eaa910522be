import { assert, describe, it } from "@effect/vitest"
import { contradicts, stateOf } from "../../src/cache/BackupState.ts"
import { backupOf } from "./backupOf.ts"

const shown = {
  id: "a",
  name: "nightly",
  status: "available",
  updated_at: "2026-11-29T00:13:00.000000",
  expired_at: "2027-02-27T00:01:00.000000",
  children: [
    { id: "b", status: "available" },
    { id: "c", status: "available" }
  ],
  replication_records: [{ id: "d", status: "success" }]
}

const differ = (one: object, other: object) => contradicts(stateOf(backupOf(one)), stateOf(backupOf(other)))

describe("whether two answers tell of different states of a backup", () => {
  it("another status, time, name, expiry or status of a part is another state", () => {
    for (const change of [
      { status: "deleting" },
      { updated_at: "2026-11-29T00:13:01.000000" },
      { name: "kept" },
      { expired_at: "2028-02-27T00:01:00.000000" },
      {
        children: [
          { id: "b", status: "available" },
          { id: "c", status: "error" }
        ]
      },
      { children: [{ id: "b", status: "available" }] }
    ]) {
      assert.isTrue(differ(shown, { ...shown, ...change }), JSON.stringify(change))
      assert.isTrue(differ({ ...shown, ...change }, shown), JSON.stringify(change))
    }
  })

  it("what one answer leaves out, as a list does with replications, is no other state", () => {
    for (const change of [
      { replication_records: [] },
      { children: [] },
      { children: [...shown.children].reverse() },
      { updated_at: "2026-11-29T00:13:00.000000Z" },
      { status: null, name: null, updated_at: null, expired_at: null, children: null }
    ]) {
      assert.isFalse(differ(shown, { ...shown, ...change }), JSON.stringify(change))
      assert.isFalse(differ({ ...shown, ...change }, shown), JSON.stringify(change))
    }
  })
})
