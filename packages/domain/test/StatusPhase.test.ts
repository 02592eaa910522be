import { assert, describe, it } from "@effect/vitest"
import { BackupResp, BackupStatus, isAtRest, phase, ReplicationStatus } from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

describe("phase", () => {
  const phases = {
    available: "stable",
    protecting: "moving",
    deleting: "leaving",
    restoring: "moving",
    error: "stable",
    waiting_protect: "moving",
    waiting_delete: "leaving",
    waiting_restore: "moving"
  } as const

  it.each(BackupStatus.members)("has its documented value for %s", (status) => {
    assert.strictEqual(phase(status), phases[status])
  })

  it("is moving for a missing or undocumented status", () => {
    assert.strictEqual(phase(undefined), "moving")
    assert.strictEqual(phase(backupOf({ status: "archiving" }).status), "moving")
  })
})

describe("isAtRest", () => {
  const cases: ReadonlyArray<readonly [name: string, body: object, atRest: boolean]> = [
    ["a stable backup", { status: "available" }, true],
    ["a failed backup", { status: "error" }, true],
    ["a moving backup", { status: "protecting" }, false],
    ["a leaving backup", { status: "waiting_delete" }, false],
    ["a backup without status", {}, false],
    ["a moving child", { status: "available", children: [{ status: "available" }, { status: "restoring" }] }, false],
    [
      "a moving grandchild",
      { status: "available", children: [{ status: "error", children: [{ status: "deleting" }] }] },
      false
    ],
    ["stable children", { status: "available", children: [{ status: "available" }, { status: "error" }] }, true],
    [
      "a copy of a child under way",
      { status: "available", children: [{ status: "available", replication_records: [{ status: "replicating" }] }] },
      false
    ],
    ["a copy without status", { status: "available", replication_records: [{}] }, false]
  ]
  it.each(cases)("is decided for %s", (_name, body, atRest) => {
    assert.strictEqual(isAtRest(backupOf(body)), atRest)
  })

  const ended = { replicating: false, success: true, fail: true, skip: true, waiting_replicate: false } as const
  it.each(ReplicationStatus.members)("is decided for a copy that is %s", (status) => {
    assert.strictEqual(isAtRest({ status: "available", replication_records: [{ status }] }), ended[status])
  })

  it.prop("is false for a backup with a part that is not at rest", [BackupResp, BackupResp], ([backup, part]) => {
    const whole = Object.assign({}, backup, { children: [...(backup.children ?? []), part] })
    assert.strictEqual(isAtRest(whole), isAtRest(backup) && isAtRest(part))
  })
})
