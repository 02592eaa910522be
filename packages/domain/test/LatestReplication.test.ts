import { assert, describe, it } from "@effect/vitest"
import { BackupResp, latestReplication } from "../src/index.ts"
import { omitUndefined } from "../src/omitUndefined.ts"
import { backupOf } from "./backupOf.ts"

const record = (id: string, destination_region: string, created_at?: string) => ({
  id,
  destination_region,
  ...omitUndefined({ created_at })
})

const latest = (...replication_records: ReadonlyArray<object>) =>
  latestReplication(backupOf({ replication_records }), "cn-south-1")?.id

describe("latestReplication", () => {
  it("is the newest to the region, wherever it stands in the list", () => {
    const older = record("older", "cn-south-1", "2020-02-05T10:00:00")
    const newer = record("newer", "cn-south-1", "2020-02-05T19:00:00+08:00")
    const elsewhere = record("elsewhere", "cn-east-3", "2021-01-01")
    assert.strictEqual(latest(older, elsewhere, newer), "newer")
    assert.strictEqual(latest(newer, older, elsewhere), "newer")
  })

  it("is the later in the list when the times do not tell", () => {
    assert.strictEqual(latest(record("a", "cn-south-1"), record("b", "cn-south-1")), "b")
    assert.strictEqual(latest(record("a", "cn-south-1", "2020-01-01"), record("b", "cn-south-1", "2020-01-01")), "b")
  })

  it("is one with a time rather than one without", () => {
    assert.strictEqual(latest(record("a", "cn-south-1", "2020-01-01"), record("b", "cn-south-1")), "a")
  })

  it("is absent for a region that no record names", () => {
    assert.isUndefined(latest(record("a", "cn-east-3")))
    assert.isUndefined(latestReplication({}, "cn-south-1"))
  })

  it.prop("is a record of its region, and none of them is newer", [BackupResp], ([backup]) => {
    for (const { destination_region: region } of backup.replication_records ?? []) {
      if (region === undefined) continue
      const found = latestReplication(backup, region)
      assert.isTrue(found !== undefined && backup.replication_records?.includes(found))
      assert.strictEqual(found?.destination_region, region)
      for (const other of backup.replication_records ?? []) {
        if (other.destination_region !== region || other.created_at === undefined) continue
        assert.isAtLeast(found?.created_at?.epochMicroseconds ?? Number.NaN, other.created_at.epochMicroseconds)
      }
    }
  })
})
