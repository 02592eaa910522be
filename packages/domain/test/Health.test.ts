import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import {
  BackupResp,
  BackupStatus,
  descendants,
  gravityOf,
  health,
  type HealthCode,
  HealthLevel,
  healthLevels,
  healthText,
  levelMeanings,
  levelText,
  ReplicationStatus,
  RestoreMode,
  ShowBackupResponse
} from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")

const disk = (name: string, status: string, more: object = {}) => ({
  resource_type: "OS::Cinder::Volume",
  resource_name: name,
  status,
  ...more
})

const copy = (destination_region: string, status: string, more: object = {}) => ({
  destination_region,
  status,
  ...more
})

const mode = (supported_restore_mode: string) => ({ extend_info: { supported_restore_mode } })

/** A backup as it is read of the service's answer. */
const read = (backup: object) => Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup }))).backup

/** A body, the level, what is said in English and in Chinese, and which field decided. */
const cases: ReadonlyArray<readonly [body: object, en: string, zh: string, field: string]> = [
  [
    { status: "available", children: "x" },
    "unknown: children came in a form that cannot be read",
    "未知：children 的形式无法读取",
    "children"
  ],
  [
    { status: "available", ...mode("na") },
    "healthy: new resources can be made from it, nothing can be restored in place",
    "健康：可用于创建新资源，不能直接恢复",
    "extend_info.supported_restore_mode"
  ],
  [
    { status: "available", ...mode("backup") },
    "healthy: it can be restored through the backups of the server's disks",
    "健康：可通过云服务器上硬盘的备份进行恢复",
    "extend_info.supported_restore_mode"
  ],
  [
    { status: "available", ...mode("snapshot"), children: [disk("system", "available")] },
    "healthy: a whole-server image can be made from it",
    "健康：可用于创建整机镜像",
    "extend_info.supported_restore_mode"
  ],
  [
    { status: "available" },
    "healthy: it is available, and how it can be restored is not said",
    "健康：可用，未说明恢复方式",
    "extend_info.supported_restore_mode"
  ],
  [
    { status: "available", ...mode("teleport") },
    "healthy: it is available, and the API's page does not list its restore mode teleport",
    "健康：可用，API 文档未列出其恢复方式 teleport",
    "extend_info.supported_restore_mode"
  ],
  [{}, "unknown: its status is not said", "未知：未说明状态", "status"],
  [
    { status: "archiving" },
    "unknown: the API's page does not list its status archiving",
    "未知：API 文档未列出其状态 archiving",
    "status"
  ],
  [{ status: "error" }, "failed: its status is error", "失败：状态为 error", "status"],
  [{ status: "protecting" }, "in progress: it is being made", "进行中：保护中", "status"],
  [{ status: "waiting_protect" }, "in progress: it is waiting to be made", "进行中：等待保护", "status"],
  [{ status: "restoring" }, "in progress: it is being restored from", "进行中：恢复中", "status"],
  [{ status: "deleting" }, "in progress: it is being deleted", "进行中：删除中", "status"],
  [
    { status: "available", expired_at: "2026-06-01T00:00:00" },
    "failed: it expired on 2026-06-01 (2026-06-01T00:00:00)",
    "失败：已于 2026-06-01 过期（2026-06-01T00:00:00）",
    "expired_at"
  ],
  [
    { status: "available", children: [disk("a", "available"), disk("b", "error"), disk("c", "available")] },
    "failed: 1 of 3 disks is in error (b)",
    "失败：3 块云硬盘中有 1 块异常（b）",
    "children[1].status"
  ],
  [
    { status: "available", children: ["a", "b", "c", "d"].map((name) => disk(name, "error")) },
    "failed: 4 of 4 disks are in error (a, b, …)",
    "失败：4 块云硬盘中有 4 块异常（a、b、…）",
    "children[0].status"
  ],
  [
    { status: "available", children: [{ id: "x", status: "available", children: [{ id: "y", status: "error" }] }] },
    "failed: 1 of 2 children is in error (y)",
    "失败：2 个子备份中有 1 个异常（y）",
    "children[0].children[0].status"
  ],
  [
    { status: "available", children: [disk("a", "available", { expired_at: "2026-05-01T00:00:00" })] },
    "failed: 1 of 1 disk has expired (a)",
    "失败：1 块云硬盘中有 1 块已过期（a）",
    "children[0].expired_at"
  ],
  [
    { status: "available", children: [disk("a", "protecting"), disk("b", "deleting")] },
    "in progress: 2 of 2 disks are in progress (a protecting, b deleting)",
    "进行中：2 块云硬盘中有 2 块进行中（a protecting、b deleting）",
    "children[0].status"
  ],
  [
    { status: "available", children: [disk("a", "odd")] },
    "unknown: the API's page does not list the status of 1 of 1 disk (a odd)",
    "未知：1 块云硬盘中有 1 块的状态未在 API 文档中列出（a odd）",
    "children[0].status"
  ],
  [
    { status: "available", children: [{}] },
    "unknown: the status of 1 of 1 child is not said (children[0])",
    "未知：1 个子备份中有 1 个未说明状态（children[0]）",
    "children[0].status"
  ],
  [
    { status: "available", replication_records: [copy("cn-south-1", "fail")] },
    "degraded: replication to cn-south-1 failed",
    "降级：到 cn-south-1 的复制失败",
    "replication_records[?destination_region=='cn-south-1'].status"
  ],
  [
    {
      status: "available",
      replication_records: [
        copy("cn-south-1", "fail", { extra_info: { fail_code: "BackupService.2112", fail_reason: "No room." } })
      ]
    },
    "degraded: replication to cn-south-1 failed (BackupService.2112: No room.)",
    "降级：到 cn-south-1 的复制失败（BackupService.2112：No room.）",
    "replication_records[?destination_region=='cn-south-1'].status"
  ],
  [
    { status: "available", replication_records: [copy("cn-south-1", "skip")] },
    "degraded: replication to cn-south-1 was skipped",
    "降级：到 cn-south-1 的复制被跳过",
    "replication_records[?destination_region=='cn-south-1'].status"
  ],
  [
    {
      status: "available",
      replication_records: [
        copy("cn-south-1", "replicating", { extra_info: { progress: 62 } }),
        copy("eu-west-0", "waiting_replicate")
      ]
    },
    "in progress: replication to cn-south-1 is under way, 62%; replication to eu-west-0 waits to begin",
    "进行中：到 cn-south-1 的复制进行中，62%；到 eu-west-0 的复制等待开始",
    "replication_records[?destination_region=='cn-south-1'].status"
  ],
  [
    { status: "available", replication_records: [{}] },
    "unknown: the status of the replication to a region that is not named is not said",
    "未知：到某个未说明区域的复制未说明状态",
    "replication_records[0].status"
  ],
  [
    { status: "available", replication_records: [copy("cn-south-1", "odd")] },
    "unknown: the API's page does not list the status odd of the replication to cn-south-1",
    "未知：API 文档未列出到 cn-south-1 的复制的状态 odd",
    "replication_records[?destination_region=='cn-south-1'].status"
  ],
  [
    {
      status: "available",
      replication_records: [copy("cn-south-1", "fail")],
      children: [disk("a", "error", { replication_records: [copy("cn-south-1", "fail")] })]
    },
    "failed: 1 of 1 disk is in error (a); replication to cn-south-1 failed",
    "失败：1 块云硬盘中有 1 块异常（a）；到 cn-south-1 的复制失败",
    "children[0].status"
  ]
]

describe("health", () => {
  const unreadable: ReadonlyArray<readonly [fields: object, path: string]> = [
    [{ children: { a: { status: "error" } } }, "children"],
    [{ children: "x" }, "children"],
    [{ replication_records: { status: "fail" } }, "replication_records"],
    [{ expired_at: 1577836800 }, "expired_at"],
    [{ expired_at: "2020/01/01" }, "expired_at"],
    [{ children: [{ status: "available" }, { status: "available", expired_at: true }] }, "children[1].expired_at"]
  ]
  it.each(unreadable)("what decides and cannot be read leaves %j unknown", (fields, path) => {
    assert.deepStrictEqual(health(read({ status: "available", ...fields }), now), {
      level: "unknown",
      reasons: [{ code: "field-unreadable", field: path, path }]
    })
  })

  it.each(unreadable)("a copy of a backup whose %j cannot be read is unknown too", (fields) => {
    const backup = read({ status: "available", ...fields })
    assert.deepStrictEqual(health({ ...backup, name: "copy" }, now), health(backup, now))
    assert.strictEqual(JSON.stringify({ ...backup }), JSON.stringify(backup))
  })

  it("null and an empty text are not said, and leave nothing unknown", () => {
    const fields = { children: null, replication_records: null, expired_at: "" }
    assert.strictEqual(health(read({ status: "available", ...fields }), now).level, "healthy")
  })

  it.each(cases)("of %j is said in both languages: %s", (body, en, zh, field) => {
    const judged = health(read(body), now)
    assert.strictEqual(healthText(judged, "en"), en)
    assert.strictEqual(healthText(judged, "zh"), zh)
    assert.strictEqual(judged.reasons[0].field, field)
    assert.strictEqual(judged.level, healthLevels[judged.reasons[0].code])
  })

  it("has a case for every reason", () => {
    const met = new Set(cases.flatMap(([body]) => health(read(body), now).reasons.map(({ code }) => code)))
    assert.sameMembers([...met], Object.keys(healthLevels) as Array<HealthCode>)
  })

  it("counts an earlier failure of a copy as made good", () => {
    const at = (created_at: string, status: string) => copy("cn-south-1", status, { created_at })
    const backup = (records: ReadonlyArray<object>) => backupOf({ status: "available", replication_records: records })
    const earlier = at("2026-01-01T00:00:00", "fail")
    const later = at("2026-01-02T00:00:00", "success")
    assert.strictEqual(health(backup([later, earlier]), now).level, "healthy")
    const worse = [at("2026-01-03T00:00:00", "fail"), later]
    assert.strictEqual(health(backup(worse), now).level, "degraded")
  })

  it.prop("is never better for a child that is worse", [BackupResp, BackupResp], ([backup, child]) => {
    const withChild = (part: BackupResp): BackupResp => ({ ...backup, children: [...(backup.children ?? []), part] })
    const gravity = (of: BackupResp) => gravityOf(health(of, now).level)
    const { status: _, ...untold } = child
    assert.isAtLeast(gravity(withChild(child)), gravity(backup))
    for (const worse of [
      { ...untold, status: "error" as const },
      { ...withChild(child), status: "error" as const }
    ]) {
      assert.strictEqual(health(withChild(worse), now).level, "failed")
    }
    assert.isAtLeast(gravity(withChild(untold)), gravityOf("unknown"))
  })

  it.prop("is never better later, nor for a copy that failed", [BackupResp, BackupResp], ([backup, { updated_at }]) => {
    const later = updated_at === undefined ? now : DateTime.max(now, updated_at.utc)
    const level = gravityOf(health(backup, now).level)
    assert.isAtLeast(gravityOf(health(backup, later).level), level)
    const records = [...(backup.replication_records ?? []), { destination_region: "nowhere", status: "fail" as const }]
    assert.isAtLeast(
      gravityOf(health({ ...backup, replication_records: records }, now).level),
      Math.max(level, gravityOf("degraded"))
    )
  })

  it.prop("says nothing for a field that said nothing", [BackupResp], ([backup]) => {
    const { children: _, expired_at: __, extend_info: ___, replication_records: ____, status, ...rest } = backup
    const bare = health(rest, now)
    assert.deepStrictEqual(bare, { level: "unknown", reasons: [{ code: "status-missing", field: "status" }] })
    const codes = health(backup, now).reasons.map(({ code }) => code)
    const says = (start: string) => codes.some((code) => code.startsWith(start))
    const all = [backup, ...descendants(backup).map(({ part }) => part)]
    if ((backup.children ?? []).length === 0) assert.isFalse(says("children"))
    if (all.every(({ replication_records = [] }) => replication_records.length === 0)) {
      assert.isFalse(says("replication"))
    }
    if (backup.expired_at === undefined) assert.isFalse(says("expired"))
    if (status === undefined) assert.isTrue(says("status-missing"))
    if (says("restore-mode")) assert.deepStrictEqual([codes.length, status], [1, "available"])
  })

  it.prop("claims the same in both languages, fact by fact", [BackupResp], ([backup]) => {
    const judged = health(backup, now)
    const facts = judged.reasons.flatMap((reason) => [
      ...("region" in reason ? [reason.region ?? ""] : []),
      ...("status" in reason && !BackupStatus.isDocumented(reason.status) ? [reason.status] : []),
      ...("progress" in reason && reason.progress !== undefined ? [`${reason.progress}%`] : []),
      ...("reasons" in reason ? reason.reasons : []),
      ...("parts" in reason ? [String(reason.total), String(reason.parts.length)] : []),
      ...("parts" in reason ? reason.parts.slice(0, 2).map(({ name }) => name) : []),
      ...(reason.code === "expired" ? [reason.at.text] : [])
    ])
    for (const language of ["en", "zh"] as const) {
      const said = healthText(judged, language)
      for (const fact of facts) assert.include(said, fact)
    }
  })

  it.prop("has the level of its first reason, and no graver one behind it", [BackupResp], ([backup]) => {
    const { level, reasons } = health(backup, now)
    const levels = reasons.map(({ code }) => gravityOf(healthLevels[code]))
    assert.strictEqual(levels[0], gravityOf(level))
    assert.deepStrictEqual(
      levels,
      levels.toSorted((a, b) => b - a)
    )
    for (const language of ["en", "zh"] as const) {
      assert.isTrue(healthText({ level, reasons }, language).startsWith(levelText(level, language)))
    }
  })

  it("knows every status, replication and restore mode that the page lists", () => {
    const level = (body: object) => health(backupOf(body), now).level
    assert.deepStrictEqual(Object.fromEntries(BackupStatus.members.map((status) => [status, level({ status })])), {
      available: "healthy",
      protecting: "in-progress",
      deleting: "in-progress",
      restoring: "in-progress",
      error: "failed",
      waiting_protect: "in-progress",
      waiting_delete: "in-progress",
      waiting_restore: "in-progress"
    })
    const copied = (status: string) => level({ status: "available", replication_records: [copy("r", status)] })
    assert.deepStrictEqual(Object.fromEntries(ReplicationStatus.members.map((status) => [status, copied(status)])), {
      replicating: "in-progress",
      success: "healthy",
      fail: "degraded",
      skip: "degraded",
      waiting_replicate: "in-progress"
    })
    for (const member of RestoreMode.members)
      assert.strictEqual(level({ status: "available", ...mode(member) }), "healthy")
  })

  it("has a meaning for each level", () => {
    assert.sameMembers(Object.keys(levelMeanings), [...HealthLevel.literals])
  })
})
