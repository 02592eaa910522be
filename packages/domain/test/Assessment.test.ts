import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Result, Schema } from "effect"
import {
  assess,
  BackupResp,
  BackupStatus,
  contentTime,
  Expectations,
  type Finding,
  isAtRest,
  RestoreMode,
  restoreOptions,
  ShowBackupResponse,
  Verdict
} from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const now = DateTime.makeUnsafe("2020-02-06T12:00:00Z")

const hours = Duration.hours
const days = Duration.days

type Case = readonly [
  name: string,
  expectations: Expectations,
  body: object,
  verdict: Verdict,
  field: string,
  actual: string
]

const mode = (supported_restore_mode: string) => ({ extend_info: { supported_restore_mode } })

const copy = (status: string, more: object = {}) => ({
  created_at: "2020-02-06T02:00:00",
  replication_records: [{ destination_region: "cn-south-1", status, ...more }]
})

const to: NonNullable<Expectations["replicated"]> = { regions: ["cn-south-1"] }
const copied = "replication_records[?destination_region=='cn-south-1'].status"
const modeField = "extend_info.supported_restore_mode"

const frozen = Schema.decodeUnknownSync(BackupStatus)("frozen")

const cases: ReadonlyArray<Case> = [
  ["the status", { status: "available" }, { status: "available" }, "ok", "status", "available"],
  ["another status", { status: "available" }, { status: "error" }, "critical", "status", "error"],
  ["an undocumented status", { status: "available" }, { status: "frozen" }, "unknown", "status", "frozen"],
  ["the undocumented status", { status: frozen }, { status: "frozen" }, "ok", "status", "frozen"],

  [
    "a young backup",
    { age: { max: hours(24), warn: hours(20) } },
    { created_at: "2020-02-05T16:00:00Z" },
    "ok",
    "created_at",
    "20h (created_at 2020-02-05T16:00:00Z)"
  ],
  [
    "a backup that failed a moment ago",
    { age: { max: hours(24) } },
    { status: "error", created_at: "2020-02-06T11:59:00Z" },
    "critical",
    "status",
    "error, without protected_at: it failed, and holds nothing"
  ],
  [
    "a backup in error that tells what it protects",
    { age: { max: hours(24) } },
    { status: "error", created_at: "2020-02-06T11:59:00Z", protected_at: "2020-02-06T11:00:00Z" },
    "ok",
    "protected_at",
    "1h (protected_at 2020-02-06T11:00:00Z)"
  ],
  [
    "an ageing backup",
    { age: { max: hours(24), warn: hours(20) } },
    { created_at: "2020-02-05T15:59:59.999Z" },
    "warning",
    "created_at",
    "20h (created_at 2020-02-05T15:59:59.999Z)"
  ],
  [
    "an old backup",
    { age: { max: hours(24), warn: hours(20) } },
    { created_at: "2020-02-05T05:00:00" },
    "critical",
    "created_at",
    "1d 7h (created_at 2020-02-05T05:00:00, read as UTC)"
  ],
  [
    "a backup at the limit",
    { age: { max: hours(24) } },
    { created_at: "2020-02-05T20:00:00+08:00" },
    "ok",
    "created_at",
    "1d (created_at 2020-02-05T20:00:00+08:00)"
  ],
  [
    "old content in a new backup",
    { age: { max: hours(24) } },
    { created_at: "2020-02-06T11:00:00", protected_at: "2020-02-04" },
    "critical",
    "protected_at",
    "2d 12h (protected_at 2020-02-04, read as UTC)"
  ],
  [
    "a backup from the future",
    { age: { max: hours(24) } },
    { created_at: "2020-02-06T12:05:00Z" },
    "unknown",
    "created_at",
    "in the future (2020-02-06T12:05:00Z)"
  ],
  [
    "a backup from a clock two minutes ahead",
    { age: { max: hours(24) } },
    { created_at: "2020-02-06T12:02:00Z" },
    "ok",
    "created_at",
    "0 (created_at 2020-02-06T12:02:00Z)"
  ],
  [
    "an old backup, where only a warning was asked for",
    { age: { warn: hours(20) } },
    { created_at: "2020-02-05T10:00:00Z" },
    "warning",
    "created_at",
    "1d 2h (created_at 2020-02-05T10:00:00Z)"
  ],
  [
    "a backup of this moment",
    { age: { max: hours(24) } },
    { created_at: "2020-02-06T12:00:00.000999Z" },
    "ok",
    "created_at",
    "0 (created_at 2020-02-06T12:00:00.000999Z)"
  ],
  ["no time", { age: { max: hours(24) } }, { updated_at: "2020-02-06" }, "unknown", "protected_at", "missing"],

  [
    "time enough to live",
    { not_expiring_within: days(7) },
    { expired_at: "2020-02-13T12:00:01Z" },
    "ok",
    "expired_at",
    "7d 1s from now (2020-02-13T12:00:01Z)"
  ],
  [
    "too little time to live",
    { not_expiring_within: days(7) },
    { expired_at: "2020-02-13T12:00:00" },
    "critical",
    "expired_at",
    "7d from now (2020-02-13T12:00:00, read as UTC)"
  ],
  [
    "an expired backup",
    { not_expiring_within: days(7) },
    { expired_at: "2020-02-06" },
    "critical",
    "expired_at",
    "-12h from now (2020-02-06, read as UTC)"
  ],

  ["a copy", { replicated: to }, copy("success"), "ok", copied, "success"],
  ["a copy under way", { replicated: to }, copy("replicating"), "critical", copied, "replicating"],
  ["a skipped copy", { replicated: to }, copy("skip"), "critical", copied, "skip"],
  ["an undocumented copy", { replicated: to }, copy("paused"), "unknown", copied, "paused"],
  [
    "an undocumented copy, in time",
    { replicated: { ...to, within: days(9) } },
    copy("paused"),
    "unknown",
    copied,
    "paused"
  ],
  [
    "a copy to an unknown region",
    { replicated: to },
    { replication_records: [{ destination_region: "cn-east-3" }, { status: "success" }] },
    "unknown",
    "replication_records[1].destination_region",
    "missing"
  ],
  [
    "a failed copy",
    { replicated: { ...to, within: days(9) } },
    copy("fail", { extra_info: { fail_code: "BackupService.1", fail_reason: "no quota" } }),
    "critical",
    copied,
    "fail, BackupService.1, no quota"
  ],
  [
    "a failure made good",
    { replicated: to },
    {
      replication_records: [
        { destination_region: "cn-south-1", status: "success", created_at: "2020-02-06" },
        { destination_region: "cn-south-1", status: "fail", created_at: "2020-02-05" }
      ]
    },
    "ok",
    copied,
    "success"
  ],
  [
    "a copy under way in time",
    { replicated: { ...to, within: hours(10) } },
    copy("waiting_replicate"),
    "ok",
    copied,
    "waiting_replicate, 10h after the backup"
  ],
  [
    "a copy under way for too long",
    { replicated: { ...to, within: hours(9) } },
    copy("replicating"),
    "critical",
    copied,
    "replicating, 10h after the backup"
  ],
  [
    "no copy yet, in time",
    { replicated: { ...to, within: hours(10) } },
    { created_at: "2020-02-06T02:00:00", replication_records: [] },
    "ok",
    copied,
    "no replication there, 10h after the backup"
  ],
  [
    "a copy under way of a backup from the future",
    { replicated: { ...to, within: hours(9) } },
    { ...copy("replicating"), protected_at: "2020-02-07" },
    "unknown",
    "protected_at",
    "in the future (2020-02-07, read as UTC)"
  ],
  [
    "a copy elsewhere",
    { replicated: to },
    { replication_records: [{ destination_region: "cn-east-3", status: "success" }] },
    "critical",
    copied,
    "no replication there"
  ],
  [
    "a copy without status",
    { replicated: to },
    { replication_records: [{ destination_region: "cn-south-1" }] },
    "unknown",
    copied,
    "missing"
  ],
  [
    "a copy under way since when",
    { replicated: { ...to, within: hours(9) } },
    { replication_records: [{ destination_region: "cn-south-1", status: "replicating" }] },
    "unknown",
    "protected_at",
    "missing"
  ],

  ["mode backup", { restorable: true }, { status: "available", ...mode("backup") }, "ok", modeField, "backup"],
  ["mode snapshot", { restorable: true }, { status: "available", ...mode("snapshot") }, "ok", modeField, "snapshot"],
  ["mode na", { restorable: true }, { status: "available", ...mode("na") }, "critical", modeField, "na"],
  ["no mode", { restorable: true }, { status: "available", extend_info: {} }, "unknown", modeField, "missing"],
  [
    "an undocumented mode",
    { restorable: true },
    { status: "available", ...mode("both") },
    "unknown",
    modeField,
    "both"
  ],
  ["the mode", { restorable: "snapshot" }, { status: "available", ...mode("snapshot") }, "ok", modeField, "snapshot"],
  [
    "another mode",
    { restorable: "snapshot" },
    { status: "available", ...mode("backup") },
    "critical",
    modeField,
    "backup"
  ],
  [
    "the other mode",
    { restorable: "backup" },
    { status: "available", ...mode("snapshot") },
    "critical",
    modeField,
    "snapshot"
  ],
  [
    "a busy backup",
    { restorable: true },
    { status: "restoring", ...mode("backup") },
    "critical",
    "status",
    "restoring"
  ],
  ["a busy backup without a mode", { restorable: true }, { status: "restoring" }, "critical", "status", "restoring"],
  [
    "a part in error",
    { restorable: true },
    { status: "available", ...mode("backup"), children: [{ status: "error" }] },
    "critical",
    "children[0].status",
    "1 of 1 child is in error (children[0])"
  ],
  [
    "an undocumented status of a restorable backup",
    { restorable: true },
    { status: "frozen", ...mode("backup") },
    "unknown",
    "status",
    "frozen"
  ],
  [
    "an undocumented status, and mode na",
    { restorable: true },
    { status: "frozen", ...mode("na") },
    "critical",
    modeField,
    "na"
  ],
  [
    "an undocumented status of a part",
    { restorable: true },
    { status: "available", ...mode("backup"), children: [{ status: "frozen" }] },
    "unknown",
    "children[0].status",
    "the API's page does not list the status of 1 of 1 child (children[0] frozen)"
  ],
  ["no status", { restorable: "backup" }, mode("backup"), "unknown", "status", "missing"],
  ["no status, and mode na", { restorable: true }, mode("na"), "critical", modeField, "na"],

  ["encryption", { encrypted: true }, { extend_info: { encrypted: true } }, "ok", "extend_info.encrypted", "true"],
  [
    "no encryption",
    { encrypted: true },
    { extend_info: { encrypted: false } },
    "critical",
    "extend_info.encrypted",
    "false"
  ],
  [
    "unwanted encryption",
    { encrypted: false },
    { extend_info: { encrypted: true } },
    "critical",
    "extend_info.encrypted",
    "true"
  ],
  ["encryption not told of", { encrypted: true }, { extend_info: {} }, "unknown", "extend_info.encrypted", "missing"],
  [
    "several zones",
    { multi_az: true },
    { extend_info: { is_multi_az: true } },
    "ok",
    "extend_info.is_multi_az",
    "true"
  ],
  [
    "one zone",
    { multi_az: true },
    { extend_info: { is_multi_az: false } },
    "critical",
    "extend_info.is_multi_az",
    "false"
  ],

  ["children enough", { min_children: 1 }, { children: [{}] }, "ok", "children", "1"],
  ["too few children", { min_children: 2 }, { children: [{}] }, "critical", "children", "1"],
  [
    "whole children",
    { children_whole: true },
    { children: [{ status: "available" }] },
    "ok",
    "children",
    "1 of 1 available"
  ],
  ["no children to be whole", { children_whole: true }, { children: [] }, "ok", "children", "0 of 0 available"],
  [
    "a child in error",
    { children_whole: true },
    { children: [{}, { status: "error" }] },
    "critical",
    "children[1].status",
    "1 of 2 children is in error (children[1])"
  ],
  [
    "a disk in error, named",
    { children_whole: true },
    { children: [{ resource_type: "OS::Cinder::Volume", resource_name: "data", status: "error" }] },
    "critical",
    "children[0].status",
    "1 of 1 disk is in error (data)"
  ],
  [
    "a grandchild being made",
    { children_whole: true },
    { children: [{ status: "available", children: [{ status: "protecting" }] }] },
    "critical",
    "children[0].children[0].status",
    "1 of 2 children is in progress (children[0].children[0] protecting)"
  ],
  [
    "an undocumented child",
    { children_whole: true },
    { children: [{ status: "frozen" }] },
    "unknown",
    "children[0].status",
    "the API's page does not list the status of 1 of 1 child (children[0] frozen)"
  ],
  [
    "an undocumented child, and one in error",
    { children_whole: true },
    { children: [{ status: "frozen" }, { status: "error" }] },
    "critical",
    "children[1].status",
    "1 of 2 children is in error (children[1])"
  ],
  [
    "a child without status, and one being made",
    { children_whole: true },
    { children: [{}, { status: "protecting" }] },
    "critical",
    "children[1].status",
    "1 of 2 children is in progress (children[1] protecting)"
  ],
  [
    "a child without status",
    { children_whole: true },
    { children: [{}] },
    "unknown",
    "children[0].status",
    "the status of 1 of 1 child is not said (children[0])"
  ],

  [
    "a healthy backup",
    { healthy: {} },
    { status: "available", ...mode("na") },
    "ok",
    modeField,
    "healthy: new resources can be made from it, nothing can be restored in place"
  ],
  [
    "a degraded backup",
    { healthy: {} },
    { status: "available", ...copy("fail") },
    "warning",
    copied,
    "degraded: replication to cn-south-1 failed"
  ],
  [
    "a degraded backup, where that is critical",
    { healthy: { degraded: "critical" } },
    { status: "available", ...copy("skip") },
    "critical",
    copied,
    "degraded: replication to cn-south-1 was skipped"
  ],
  [
    "a backup in progress, where a degraded one is critical",
    { healthy: { degraded: "critical" } },
    { status: "protecting" },
    "warning",
    "status",
    "in progress: it is being made"
  ],
  ["a backup of no known health", { healthy: {} }, {}, "unknown", "status", "unknown: its status is not said"],
  [
    "a failed backup",
    { healthy: {} },
    { status: "available", expired_at: "2020-02-06T11:59:59" },
    "critical",
    "expired_at",
    "failed: it expired on 2020-02-06 (2020-02-06T11:59:59)"
  ],

  ["the resource", { resource: "r" }, { resource_id: "r" }, "ok", "resource_id", "r"],
  ["another resource", { resource: "r" }, { resource_id: "s" }, "critical", "resource_id", "s"]
]

const everything: Expectations = {
  healthy: {},
  status: "available",
  age: { max: hours(24) },
  not_expiring_within: days(7),
  replicated: { regions: ["cn-south-1", "cn-east-3"], within: hours(6) },
  restorable: true,
  encrypted: false,
  multi_az: false,
  min_children: 0,
  children_whole: true,
  resource: "r"
}

const judgement = ({ field, rule, verdict }: Finding) => ({ field, rule, verdict })

/** English words that the service's own reasons, which stay as they came, do not have. */
const englishWords = /\b(?:at|most|above|more|than|from|now|within|there|after|the|missing|read|as|in|of|least|all)\b/

describe("assess", () => {
  it.each(cases)("finds of %s what it should", (_name, expectations, body, verdict, field, actual) => {
    const findings = assess(backupOf(body), expectations, now)
    assert.deepStrictEqual(
      findings.map(({ expected: _, ...found }) => found),
      [{ rule: Object.keys(expectations)[0] as Finding["rule"], field, actual, verdict }]
    )
  })

  it.each(cases)("finds the same in Chinese of %s", (_name, expectations, body) => {
    const [english, chinese] = (["en", "zh"] as const).map((language) =>
      assess(backupOf(body), expectations, now, language)
    )
    assert.deepStrictEqual(chinese?.map(judgement), english?.map(judgement))
    for (const { actual, expected } of chinese ?? []) assert.notMatch(`${actual}\n${expected}`, englishWords)
  })

  it("says in Chinese what was expected", () => {
    const expected = assess({}, { ...everything, age: { max: hours(31), warn: hours(20) } }, now, "zh").map(
      (finding) => `${finding.rule}: ${finding.expected} / ${finding.actual}`
    )
    assert.deepStrictEqual(expected, [
      "healthy: 健康 / 未知：未说明状态",
      "status: available / 缺失",
      "age: 不超过 1 天 7 小时，超过 20 小时告警 / 缺失",
      "not_expiring_within: 距今超过 7 天 / 缺失",
      "replicated: cn-south-1 为 success，限 6 小时内 / 缺失",
      "replicated: cn-east-3 为 success，限 6 小时内 / 缺失",
      "restorable: available / 缺失",
      "encrypted: false / 缺失",
      "multi_az: false / 缺失",
      "min_children: 至少 0 个 / 缺失",
      "children_whole: 全部 available / 缺失",
      "resource: r / 缺失"
    ])
  })

  it("says what was expected", () => {
    const expected = assess({}, { ...everything, age: { max: hours(24), warn: hours(20) } }, now).map(
      (finding) => `${finding.rule}: ${finding.expected}`
    )
    assert.deepStrictEqual(expected, [
      "healthy: healthy",
      "status: available",
      "age: at most 1d, a warning above 20h",
      "not_expiring_within: more than 7d from now",
      "replicated: success in cn-south-1 within 6h",
      "replicated: success in cn-east-3 within 6h",
      "restorable: available",
      "encrypted: false",
      "multi_az: false",
      "min_children: at least 0",
      "children_whole: all available",
      "resource: r"
    ])
    assert.strictEqual(
      assess(backupOf({ status: "available", ...mode("na") }), { restorable: true }, now)[0]?.expected,
      "backup or snapshot"
    )
  })

  it("never says that an age may be at most any", () => {
    for (const language of ["en", "zh"] as const) {
      const [finding] = assess({}, { age: { warn: hours(20) } }, now, language)
      assert.strictEqual(
        finding?.expected,
        { en: "at most 20h, else a warning", zh: "不超过 20 小时，否则告警" }[language]
      )
    }
  })

  it("knows nothing of an empty backup, whatever is expected", () => {
    assert.sameMembers(Object.keys(everything), Object.keys(Expectations.fields))
    const findings = assess({}, everything, now)
    assert.deepStrictEqual(new Set(findings.map(({ rule }) => rule)).size, Object.keys(everything).length)
    for (const finding of findings) {
      assert.strictEqual(finding.verdict, "unknown", finding.rule)
      const actual = finding.rule === "healthy" ? "unknown: its status is not said" : "missing"
      assert.strictEqual(finding.actual, actual, finding.rule)
    }
  })

  it("escapes a quote in a region", () => {
    const region = String.raw`it's \ odd`
    assert.deepStrictEqual(
      assess(backupOf({ replication_records: [] }), { replicated: { regions: [region] } }, now).map(
        ({ field }) => field
      ),
      [String.raw`replication_records[?destination_region==${"`"}"it's \\ odd"${"`"}].status`]
    )
  })

  it("finds nothing without expectations", () => {
    assert.deepStrictEqual(assess(backupOf({ status: "error" }), {}, now), [])
  })

  it.each([7, null, "?", []])("counts a part that came as %j, and leaves the verdict unknown", (part) => {
    const body = { status: "available", ...mode("backup"), children: [part, { status: "available" }] }
    const { backup } = Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup: body })))
    assert.deepStrictEqual(
      assess(backup, { restorable: true, min_children: 2, children_whole: true }, now).map((finding) => [
        finding.verdict,
        finding.field
      ]),
      [
        ["unknown", "children[0].status"],
        ["ok", "children"],
        ["unknown", "children[0].status"]
      ]
    )
    assert.isFalse(isAtRest(backup))
    assert.isFalse(restoreOptions(backup).restore.possible)
  })

  const instant = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Date.UTC(2200, 0) }))
  const gravity = { ok: 0, warning: 1, critical: 2 } as const

  it.prop("only gets graver as time passes", [BackupResp, Expectations, instant, instant], ([backup, given, a, b]) => {
    const expectations: Expectations = { ...everything, ...given }
    const regions = (backup.replication_records ?? []).flatMap((record) => record.destination_region ?? [])
    const wanted = { ...expectations, replicated: { ...expectations.replicated, regions: ["x", ...regions] } }
    const made = contentTime(backup)?.at.epochMilliseconds ?? 0
    const [earlier, later] = [Math.min(a, b), Math.max(a, b)].map((at) =>
      assess(backup, wanted, DateTime.makeUnsafe(Math.max(at, made)))
    )
    assert.strictEqual(later?.length, earlier?.length)
    earlier?.forEach((finding, index) => {
      const then = later?.[index]
      assert.strictEqual(then?.rule, finding.rule)
      if (finding.rule === "healthy") {
        // Of a status that is unknown an expiry is known all the same.
        assert.isAtLeast(Verdict.literals.indexOf(then?.verdict ?? "ok"), Verdict.literals.indexOf(finding.verdict))
      } else if (finding.verdict === "unknown" || then?.verdict === "unknown") {
        assert.strictEqual(then?.verdict, finding.verdict)
      } else {
        assert.isAtLeast(gravity[then?.verdict ?? "ok"], gravity[finding.verdict])
      }
    })
  })

  it.prop("looks at what is given, and at nothing else", [BackupResp, Expectations], ([backup, given]) => {
    const findings = assess(backup, given, now)
    for (const rule of Object.keys(given) as Array<keyof Expectations>) {
      const count = rule === "replicated" ? given.replicated?.regions.length : 1
      assert.strictEqual(findings.filter((finding) => finding.rule === rule).length, count)
    }
    assert.isTrue(findings.every(({ rule }) => given[rule] !== undefined))
  })
})

describe("the rule restorable", () => {
  it.each(RestoreMode.members)("is true exactly when one of its modes is, for %s", (supported_restore_mode) => {
    const backup = backupOf({ status: "available", ...mode(supported_restore_mode) })
    const verdict = (restorable: NonNullable<Expectations["restorable"]>) =>
      assess(backup, { restorable }, now)[0]?.verdict
    assert.strictEqual(verdict(true) === "ok", verdict("backup") === "ok" || verdict("snapshot") === "ok")
  })
})
