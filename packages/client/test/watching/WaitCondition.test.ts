import { BackupNotFound, failureText, type Sighting, seen, WaitCondition } from "@cbr/client"
import { BackupStatus } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { responseOf } from "./WatchedBackup.ts"

const { all, childrenAvailable, decide, deleted, exists, replicated, restorable, satisfies, status } = WaitCondition

const at = (backup: object): Sighting => seen(responseOf(backup), undefined)
const after = (before: object, now: object): Sighting => seen(responseOf(now), seen(responseOf(before), undefined))
const gone = (before?: object): Sighting => ({
  _tag: "Gone",
  error: new BackupNotFound({ detail: { code: "other", message: "not there" } }),
  response: before === undefined ? undefined : responseOf(before)
})

const record = (status: string, created_at: string, extra_info: object = {}) => ({
  destination_region: "cn-south-1",
  status,
  created_at,
  extra_info
})

type Row = readonly [name: string, condition: WaitCondition.WaitCondition, sighting: Sighting, decision: string]

const rows: ReadonlyArray<Row> = [
  ["the status is there", status("available"), at({ status: "available" }), "Met"],
  ["any of the statuses will do", status("available", "error"), at({ status: "error" }), "Met"],
  ["the status may come", status("available"), at({ status: "waiting_protect" }), "Pending"],
  ["it may be restored once more", status("restoring"), at({ status: "available" }), "Pending"],
  ["an unknown status is waited out", status("available"), at({ status: "pondering" }), "Pending"],
  ["a missing status is waited out", status("available"), at({}), "Pending"],
  ["an undocumented status may be waited for", status("pondering" as never), at({ status: "error" }), "Pending"],
  ["available, in error", status("available"), at({ status: "error" }), "of: the status is error"],
  [
    "available, waiting for its deletion",
    status("available"),
    at({ status: "waiting_delete" }),
    "of: the status is waiting_delete"
  ],
  ["available, being deleted", status("available"), at({ status: "deleting" }), "of: the status is deleting"],
  ["available, gone after it was seen", status("available"), gone({ status: "available" }), "of: the backup is gone"],
  ["protecting, after it was made", status("protecting"), at({ status: "available" }), "of: the status is available"],
  ["error, being deleted", status("error"), at({ status: "deleting" }), "Pending"],

  ["deleted and gone", deleted, gone({ status: "deleting" }), "Met"],
  ["deleted and never there", deleted, gone(), "Met"],
  ["deleted, still there", deleted, at({ status: "available" }), "Pending"],
  ["deleted, in error from the start", deleted, at({ status: "error" }), "Pending"],
  ["deleted, under way", deleted, after({ status: "waiting_delete" }, { status: "deleting" }), "Pending"],
  ["deleted, unknown after it began", deleted, after({ status: "deleting" }, { status: "pondering" }), "Pending"],
  [
    "deleted, back again",
    deleted,
    after({ status: "deleting" }, { status: "available" }),
    "of: the backup was being deleted, but its status is available again"
  ],
  [
    "deleted, back again after an unknown status",
    deleted,
    seen(
      responseOf({ status: "available" }),
      seen(responseOf({ status: "pondering" }), seen(responseOf({ status: "deleting" }), undefined))
    ),
    "of: the backup was being deleted, but its status is available again"
  ],
  [
    "deleted, failed",
    deleted,
    after({ status: "waiting_delete" }, { status: "error" }),
    "of: the backup was being deleted, but its status is error again"
  ],

  ["replicated", replicated("cn-south-1"), at({ replication_records: [record("success", "2020-01-01")] }), "Met"],
  [
    "replicated, in error by now",
    replicated("cn-south-1"),
    at({ status: "error", replication_records: [record("success", "2020-01-01")] }),
    "Met"
  ],
  [
    "replicating",
    replicated("cn-south-1"),
    at({ replication_records: [record("replicating", "2020-01-01")] }),
    "Pending"
  ],
  [
    "replicated elsewhere",
    replicated("cn-east-3"),
    at({ replication_records: [record("success", "2020-01-01")] }),
    "Pending"
  ],
  ["not replicated yet", replicated("cn-south-1"), at({ status: "available" }), "Pending"],
  [
    "a failure that was made good",
    replicated("cn-south-1"),
    at({ replication_records: [record("success", "2020-01-02"), record("fail", "2020-01-01")] }),
    "Met"
  ],
  [
    "a failure after success",
    replicated("cn-south-1"),
    at({ replication_records: [record("success", "2020-01-01"), record("fail", "2020-01-02")] }),
    "of: the replication to cn-south-1 ended with fail"
  ],
  [
    "a failure with its reason",
    replicated("cn-south-1"),
    at({ replication_records: [record("fail", "2020-01-01", { fail_code: "B.1", fail_reason: "no room" })] }),
    "of: the replication to cn-south-1 ended with fail, B.1, no room"
  ],
  [
    "a replication that was skipped",
    replicated("cn-south-1"),
    at({ replication_records: [record("skip", "2020-01-01")] }),
    "of: the replication to cn-south-1 ended with skip"
  ],
  [
    "replicated, in error",
    replicated("cn-south-1"),
    at({ status: "error", replication_records: [] }),
    "of: the status is error"
  ],

  ["all parts available", childrenAvailable, at({ status: "protecting", children: [{ status: "available" }] }), "Met"],
  [
    "a part under way",
    childrenAvailable,
    at({ children: [{ status: "available" }, { status: "protecting" }] }),
    "Pending"
  ],
  [
    "a part of a part under way",
    childrenAvailable,
    at({ children: [{ status: "available", children: [{ status: "protecting" }] }] }),
    "Pending"
  ],
  [
    "a part in error",
    childrenAvailable,
    at({ children: [{ status: "protecting" }, { status: "error" }] }),
    "of: of children[1] the status is error"
  ],
  [
    "a part being deleted",
    childrenAvailable,
    at({ children: [{ status: "deleting" }] }),
    "of: of children[0] the status is deleting"
  ],
  [
    "a part that cannot be read",
    childrenAvailable,
    at({ status: "protecting", children: ["?", { status: "available" }] }),
    "Pending"
  ],
  ["no parts, available", childrenAvailable, at({ status: "available", children: [] }), "Met"],
  ["no parts yet", childrenAvailable, at({ status: "protecting", children: [] }), "Pending"],
  ["no parts, in error", childrenAvailable, at({ status: "error" }), "of: the status is error"],

  ["restorable", restorable(), at({ status: "available", extend_info: { supported_restore_mode: "backup" } }), "Met"],
  [
    "an image will do",
    restorable(),
    at({ status: "available", extend_info: { supported_restore_mode: "snapshot" } }),
    "Met"
  ],
  [
    "restorable as snapshot",
    restorable("snapshot"),
    at({ status: "available", extend_info: { supported_restore_mode: "snapshot" } }),
    "Met"
  ],
  [
    "restorable in the other mode",
    restorable("snapshot"),
    at({ status: "available", extend_info: { supported_restore_mode: "backup" } }),
    "Pending"
  ],
  [
    "restorable with a part of a part in error",
    restorable("backup"),
    at({
      status: "available",
      extend_info: { supported_restore_mode: "backup" },
      children: [{ status: "available", children: [{ status: "error" }] }]
    }),
    "of: of children[0].children[0] the status is error"
  ],
  [
    "an image where a restore is asked for",
    restorable("backup"),
    at({ status: "available", extend_info: { supported_restore_mode: "snapshot" } }),
    "Pending"
  ],
  [
    "the mode may still come",
    restorable(),
    at({ status: "available", extend_info: { supported_restore_mode: "na" } }),
    "Pending"
  ],
  ["restorable, in error", restorable(), at({ status: "error" }), "of: the status is error"],
  ["restorable, being deleted", restorable("backup"), at({ status: "deleting" }), "of: the status is deleting"],
  [
    "restorable through a part in error",
    restorable("backup"),
    at({ status: "available", extend_info: { supported_restore_mode: "backup" }, children: [{ status: "error" }] }),
    "of: of children[0] the status is error"
  ],
  [
    "an image in spite of a part in error",
    restorable(),
    at({ status: "protecting", children: [{ status: "error" }] }),
    "Pending"
  ],

  [
    "a test that holds",
    satisfies("large", ({ backup }) => backup.resource_size === 40),
    at({ resource_size: 40 }),
    "Met"
  ],
  ["a test that does not hold", satisfies("large", () => false), at({ status: "error" }), "Pending"],
  ["a test, gone", satisfies("large", () => true), gone({}), "of: the backup is gone"],

  ["there, however it stands", exists, at({}), "Met"],
  ["there, and gone since", exists, gone({}), "of: the backup is gone"],
  ["both", all(status("available"), childrenAvailable), at({ status: "available" }), "Met"],
  ["one of two", all(status("available"), replicated("cn-south-1")), at({ status: "available" }), "Pending"],
  [
    "one of two out of reach",
    all(replicated("cn-south-1"), status("available")),
    at({ status: "deleting" }),
    "of: the status is deleting"
  ]
]

describe("decide", () => {
  for (const [name, condition, sighting, expected] of rows) {
    it(`${name}: ${expected}`, () => {
      const decision = decide(condition, sighting)
      assert.strictEqual(
        decision._tag === "Impossible" ? `of: ${failureText(decision.reason)}` : decision._tag,
        expected
      )
    })
  }
})

describe("a condition that does not hold yet says why", () => {
  const whys: ReadonlyArray<readonly [WaitCondition.WaitCondition, object, why: string]> = [
    [status("available"), { status: "protecting" }, "the status is protecting"],
    [status("available"), {}, "the status is missing"],
    [deleted, { status: "available" }, "the status is available"],
    [replicated("cn-south-1"), { status: "available" }, "there is no replication to cn-south-1"],
    [
      replicated("cn-south-1"),
      { replication_records: [record("replicating", "2020-01-01", { progress: 40 })] },
      "the replication to cn-south-1 is replicating (40%)"
    ],
    [
      childrenAvailable,
      { children: ["available", "protecting", "protecting", undefined, "pondering"].map((status) => ({ status })) },
      "of children[1] the status is protecting, of children[2] the status is protecting, of children[3] the status is missing, and 1 more"
    ],
    [restorable(), { status: "available", extend_info: { supported_restore_mode: "na" } }, "the restore mode is na"],
    [restorable(), { status: "available" }, "no restore mode is told"],
    [
      restorable("backup"),
      { status: "protecting", extend_info: { supported_restore_mode: "snapshot" } },
      "the status is protecting, the restore mode is snapshot"
    ],
    [
      restorable("backup"),
      {
        status: "available",
        children: [{ status: "protecting" }],
        extend_info: { supported_restore_mode: "backup" }
      },
      "of children[0] the status is protecting"
    ],
    [satisfies("large", () => false), {}, "the test does not hold"],
    [
      satisfies(
        "large",
        () => false,
        ({ backup }) => ({ value: `${backup.resource_size} GB`, missing: "sise", near: "size" })
      ),
      { resource_size: 4 },
      "it gives 4 GB; the answer has no field sise; did you mean size?"
    ],
    [
      all(status("available"), replicated("cn-south-1")),
      { status: "protecting" },
      "the status is protecting, there is no replication to cn-south-1"
    ]
  ]

  it.each(whys.map(([condition, backup, why]) => ({ condition, backup, why })))(
    "$why",
    ({ backup, condition, why }) => {
      const decision = decide(condition, at(backup))
      assert.strictEqual(decision._tag === "Pending" ? failureText(decision.reason) : decision._tag, why)
    }
  )
})

const AnyStatus = Schema.Literals([...BackupStatus.members, "pondering"])
const AnyBackup = Schema.Struct({
  status: Schema.optionalKey(AnyStatus),
  replication_records: Schema.Array(
    Schema.Struct({
      destination_region: Schema.Literals(["cn-south-1", "cn-east-3"]),
      status: Schema.Literals(["replicating", "success", "fail", "skip", "waiting_replicate", "pondering"]),
      created_at: Schema.Literals(["2020-01-01", "2020-01-02"])
    })
  ),
  children: Schema.Array(Schema.Struct({ status: AnyStatus })),
  extend_info: Schema.Struct({ supported_restore_mode: Schema.Literals(["na", "backup", "snapshot", "other"]) })
})
const AnyStanding = Schema.Union([
  Schema.Struct({ _tag: Schema.tag("StatusIs"), statuses: Schema.NonEmptyArray(AnyStatus) }),
  Schema.Struct({ _tag: Schema.tag("Replicated"), region: Schema.Literals(["cn-south-1", "cn-east-3"]) }),
  Schema.Struct({ _tag: Schema.tag("ChildrenAvailable") }),
  Schema.Struct({ _tag: Schema.tag("Restorable"), mode: Schema.Literals(["any", "backup", "snapshot"]) })
])
const standing = (condition: typeof AnyStanding.Type) => condition as WaitCondition.PresentCondition

describe("laws of decide", () => {
  it.prop(
    "no condition but deletion survives a backup that is gone",
    [AnyStanding, AnyBackup],
    ([condition, backup]) => {
      assert.strictEqual(decide(standing(condition), gone(backup))._tag, "Impossible")
      assert.strictEqual(decide(deleted, gone(backup))._tag, "Met")
    }
  )

  it.prop(
    "all is met when each is, impossible when any is, and does not mind the order",
    [AnyStanding, AnyStanding, AnyBackup],
    ([one, two, backup]) => {
      const each = [one, two].map((condition) => decide(standing(condition), at(backup))._tag)
      const both = decide(all(standing(one), standing(two)), at(backup))._tag
      assert.strictEqual(
        both === "Met",
        each.every((tag) => tag === "Met")
      )
      assert.strictEqual(both === "Impossible", each.includes("Impossible"))
      assert.strictEqual(decide(all(standing(two), standing(one)), at(backup))._tag, both)
    }
  )

  it.prop(
    "more statuses to choose from never make a wait worse",
    [AnyStatus, AnyStatus, AnyBackup],
    ([one, two, backup]) => {
      const rank = { Impossible: 0, Pending: 1, Met: 2 }
      const few = rank[decide(status(one as BackupStatus), at(backup))._tag]
      const many = rank[decide(status(one as BackupStatus, two as BackupStatus), at(backup))._tag]
      assert.isAtLeast(many, few)
    }
  )

  it.prop(
    "what was given up along the documented life of a backup would not have come",
    [Schema.Array(Schema.Int), AnyStatus],
    ([choices, target]) => {
      let givenUp = false
      let now: string = "waiting_protect"
      for (const choice of choices) {
        const decision = decide(status(target as BackupStatus), at({ status: now }))._tag
        assert.isFalse(givenUp && decision === "Met", `${target} came after all`)
        givenUp ||= decision === "Impossible"
        const successors: ReadonlyArray<string> = life[now] ?? []
        now = successors[Math.abs(choice) % successors.length] ?? now
      }
    }
  )

  it.prop("nothing is given up while the status is unknown", [AnyStatus], ([target]) => {
    assert.notStrictEqual(decide(status(target as BackupStatus), at({ status: "pondering" }))._tag, "Impossible")
  })
})

/** The life of a backup as the API page's statuses tell it. */
const life: Readonly<Record<string, ReadonlyArray<string>>> = {
  waiting_protect: ["protecting", "error", "waiting_delete"],
  protecting: ["available", "error", "waiting_delete"],
  available: ["waiting_restore", "error", "waiting_delete"],
  waiting_restore: ["restoring", "error", "waiting_delete"],
  restoring: ["available", "error", "waiting_delete"],
  error: ["waiting_delete"],
  waiting_delete: ["deleting", "error"],
  deleting: ["error"]
}
