import { type BackupResp, ShowBackupResponse } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { type WaitCondition, waitState } from "../../src/page/WaitCondition.ts"

const now = DateTime.makeUnsafe("2026-01-31T12:00:00Z")

const backupOf = (backup: object): BackupResp =>
  Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup: { id: "1", ...backup } }))).backup

const copied = (status: string) => ({
  status: "available",
  replication_records: [{ destination_region: "cn-south-1", status }]
})
const toSouth: WaitCondition = { kind: "replicated", region: "cn-south-1" }
const toNorth: WaitCondition = { kind: "replicated", region: "cn-north-1" }

describe("a goal", () => {
  it.each<[string, WaitCondition, object | undefined, string]>([
    ["a backup that is made is waited for", { kind: "available" }, { status: "protecting" }, "waiting"],
    ["an available backup is reached", { kind: "available" }, { status: "available" }, "reached"],
    ["a failed backup will not be available", { kind: "available" }, { status: "error" }, "impossible"],
    [
      "a backup that is being deleted will not be available",
      { kind: "available" },
      { status: "deleting" },
      "impossible"
    ],
    ["a status that the page does not list is waited for", { kind: "available" }, { status: "odd" }, "waiting"],
    ["a gone backup will not be available", { kind: "available" }, undefined, "impossible"],
    ["a gone backup is gone", { kind: "deleted" }, undefined, "reached"],
    ["an available backup may yet be deleted", { kind: "deleted" }, { status: "available" }, "waiting"],
    ["a copy on its way is waited for", toSouth, copied("replicating"), "waiting"],
    ["a copy that is there is reached", toSouth, copied("success"), "reached"],
    ["a copy that failed will not come", toSouth, copied("fail"), "impossible"],
    ["a copy that was not begun may yet come", toNorth, copied("success"), "waiting"],
    [
      "a disk in error keeps all disks from being available",
      { kind: "children" },
      { status: "available", children: [{ status: "error" }] },
      "impossible"
    ],
    [
      "a disk that is being made is waited for",
      { kind: "children" },
      { status: "protecting", children: [{ status: "protecting" }] },
      "waiting"
    ],
    [
      "a backup that restores through its disks can be restored",
      { kind: "restorable" },
      { status: "available", extend_info: { supported_restore_mode: "backup" }, children: [] },
      "reached"
    ]
  ])("is decided: %s", (_, goal, backup, state) => {
    assert.strictEqual(waitState(goal, backup === undefined ? undefined : backupOf(backup), now), state)
  })
})
