import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Schema } from "effect"
import {
  assess,
  assessMissing,
  assessResource,
  type BackupResp,
  BackupStatus,
  type Expectations,
  Fleet,
  gravityOfVerdict,
  newestFirst,
  overallVerdict,
  type ResourceBackups,
  ReplicationStatus,
  wholeness
} from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const now = DateTime.makeUnsafe("2026-01-31T12:00:00Z")

const region = "cn-south-1"

/** The parts of a random backup: a moment within forty days, a resource out of three, and states. */
const Random = Schema.Struct({
  hoursAgo: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 960 })),
  resource: Schema.Literals(["a", "b", "c"]),
  status: Schema.Literals([...BackupStatus.members, "available", "available", "odd"]),
  part: Schema.Literals(["none", "available", "available", "error", "protecting"]),
  copy: Schema.Literals(["none", ...ReplicationStatus.members])
})

const List = Schema.Array(Random).check(Schema.isMaxLength(40))

const at = (hoursAgo: number) => DateTime.formatIso(DateTime.subtract(now, { hours: hoursAgo })).replace("Z", "")

const made = (list: typeof List.Type): ReadonlyArray<BackupResp> =>
  list.map(({ copy, hoursAgo, part, resource, status }, index) =>
    backupOf({
      id: String(index).padStart(4, "0"),
      resource_id: resource,
      resource_name: `ecs-${resource}-${index}`,
      status,
      created_at: at(hoursAgo),
      ...(part === "none" ? {} : { children: [{ status: part }] }),
      replication_records: copy === "none" ? [] : [{ destination_region: region, status: copy }]
    })
  )

const gathered = (backups: ReadonlyArray<BackupResp>) => {
  const fleet = new Fleet(now)
  for (const backup of backups) fleet.add({ backup })
  return fleet.resources()
}

/** The only resource of some backups, the first of which is the newest: one an hour before the other. */
const resourceOf = (...bodies: ReadonlyArray<object>): ResourceBackups => {
  const [resource, ...others] = gathered(
    bodies.map((body, index) =>
      backupOf({ id: `b${index}`, resource_id: "r", status: "available", created_at: at(index + 1), ...body })
    )
  )
  assert.lengthOf(others, 0)
  return resource!
}

const copied = (status: string) => ({ replication_records: [{ destination_region: region, status }] })

const rules: ReadonlyArray<Expectations> = [
  { healthy: {} },
  { age: { max: Duration.hours(26) } },
  { healthy: {}, age: { max: Duration.hours(26) }, replicated: { regions: [region] } },
  { replicated: { regions: [region], within: Duration.hours(6) }, min_children: 1 }
]

describe("Fleet", () => {
  it.prop("the order of the backups does not matter", [List, Schema.Int], ([list, seed]) => {
    const backups = made(list)
    const turn = backups.length === 0 ? 0 : Math.abs(seed) % backups.length
    const expected = gathered(backups)
    assert.deepStrictEqual(gathered(backups.toReversed()), expected)
    assert.deepStrictEqual(gathered([...backups.slice(turn), ...backups.slice(0, turn)]), expected)
  })

  it.prop("a resource's backups are those that a sort of the whole list finds", [List], ([list]) => {
    const backups = made(list)
    for (const resource of gathered(backups)) {
      const own = backups.filter(({ resource_id }) => resource_id === resource.key).toSorted(newestFirst)
      const whole = own.filter((backup) => wholeness(backup) === "whole")
      const newer = own.slice(0, whole[0] === undefined ? own.length : own.indexOf(whole[0]))
      assert.strictEqual(resource.count, own.length)
      assert.strictEqual(resource.newest.backup, own[0])
      assert.strictEqual(resource.resource_name, own[0]?.resource_name)
      assert.deepStrictEqual([resource.whole?.backup, resource.wholeBefore?.backup], [whole[0], whole[1]])
      assert.strictEqual(
        resource.failed?.backup,
        newer.find((backup) => wholeness(backup) === "failed")
      )
      assert.strictEqual(
        resource.underWay?.backup,
        newer.find((backup) => ["under-way", "unknown"].includes(wholeness(backup)))
      )
    }
  })

  it.prop("a day of the strip has the best of its backups", [List], ([list]) => {
    const backups = made(list)
    const order = ["none", "failed", "unknown", "under-way", "whole"]
    for (const { days, key } of gathered(backups)) {
      assert.lengthOf(days, 30)
      for (const [index, state] of days.entries()) {
        const day = at(24 * (29 - index)).slice(0, 10)
        const states = backups
          .filter(({ created_at, resource_id }) => resource_id === key && created_at?.text.startsWith(day) === true)
          .map(wholeness)
          .filter((each) => each !== "leaving")
        assert.strictEqual(order.indexOf(state), Math.max(0, ...states.map((each) => order.indexOf(each))))
      }
    }
  })

  it("keeps no more backups of a resource than those that it names", () => {
    const fleet = new Fleet<{ readonly backup: BackupResp }>(now)
    for (let index = 0; index < 1000; index++) {
      fleet.add({
        backup: backupOf({ id: String(index), resource_id: "r", status: "available", created_at: at(index) })
      })
    }
    const [{ count, newest, whole, wholeBefore }] = fleet.resources() as [ResourceBackups]
    assert.deepStrictEqual([count, newest.backup.id, whole?.backup.id, wholeBefore?.backup.id], [1000, "0", "0", "1"])
    assert.strictEqual(fleet.size, 1)
  })

  it("no two backups that name no resource answer for each other", () => {
    const whole = backupOf({ id: "b1", status: "available", created_at: at(2) })
    const failed = backupOf({ id: "b2", status: "error", created_at: at(1) })
    assert.deepStrictEqual(
      gathered([whole, failed]).map(({ count, key }) => [key, count]),
      [
        ["b1", 1],
        ["b2", 1]
      ]
    )
  })

  it("a backup without an id of its resource is gathered by the name, and one without either apart", () => {
    const backups = [{ resource_name: "n" }, { resource_name: "n", resource_id: "i" }, {}].map((body) => backupOf(body))
    assert.deepStrictEqual(
      gathered(backups).map(({ key }) => key),
      ["", "i", "n"]
    )
  })
})

describe("wholeness", () => {
  it("knows every status that the page lists", () => {
    assert.deepStrictEqual(
      Object.fromEntries(BackupStatus.members.map((status) => [status, wholeness(backupOf({ status }))])),
      {
        available: "whole",
        protecting: "under-way",
        deleting: "leaving",
        restoring: "whole",
        error: "failed",
        waiting_protect: "under-way",
        waiting_delete: "leaving",
        waiting_restore: "whole"
      }
    )
    assert.strictEqual(wholeness({}), "unknown")
    assert.strictEqual(wholeness(backupOf({ status: "available", children: [{ status: "odd" }] })), "unknown")
  })

  it("a backup whose part failed is not whole", () => {
    const parts = (...statuses: ReadonlyArray<string>) => ({ children: statuses.map((status) => ({ status })) })
    assert.strictEqual(wholeness(backupOf({ status: "available", ...parts("available", "error") })), "failed")
    const deep = { status: "available", children: [{ status: "available", ...parts("protecting") }] }
    assert.strictEqual(wholeness(backupOf(deep)), "under-way")
  })
})

describe("assessResource", () => {
  it.prop("a resource is never better than its newest whole backup, but for what is under way", [List], ([list]) => {
    for (const resource of gathered(made(list))) {
      for (const expectations of rules) {
        const { findings, judged, verdict } = assessResource(resource, expectations, now)
        if (resource.whole === undefined) {
          assert.notStrictEqual(verdict, "ok")
          continue
        }
        assert.strictEqual(judged, resource.whole)
        const own = assess(resource.whole.backup, expectations, now)
        const isBusy =
          resource.whole.backup.status !== "available" ||
          resource.whole.backup.replication_records?.some(
            ({ status }) => status === "replicating" || status === "waiting_replicate"
          ) === true
        if (!isBusy) assert.deepStrictEqual(findings, own)
        for (const [index, finding] of own.entries()) {
          if (!["healthy", "replicated"].includes(finding.rule)) assert.deepStrictEqual(findings[index], finding)
        }
        assert.isAtMost(gravityOfVerdict(verdict), gravityOfVerdict(overallVerdict(own)))
      }
    }
  })

  it.prop(
    "a newer backup that is not whole changes no verdict of a resource that has a whole one",
    [List, Random],
    ([list, random]) => {
      const backups = made(list)
      const [extra] = made([{ ...random, status: "error" }]) as [BackupResp]
      for (const resource of gathered(backups)) {
        if (resource.whole === undefined) continue
        const newer = {
          ...extra,
          id: "x",
          resource_id: resource.key,
          created_at: backupOf({ created_at: at(0) }).created_at!
        }
        for (const status of ["error", "protecting", "waiting_protect", "deleting"] as const) {
          const [after] = gathered([
            ...backups.filter(({ resource_id }) => resource_id === resource.key),
            { ...newer, status }
          ])
          for (const expectations of rules) {
            assert.deepStrictEqual(
              assessResource(after!, expectations, now).findings,
              assessResource(resource, expectations, now).findings
            )
          }
        }
      }
    }
  )

  const age: Expectations = { age: { max: Duration.hours(26) }, healthy: {} }

  it("a newer backup that failed, or is under way, is named", () => {
    const { judged, notes, verdict } = assessResource(
      resourceOf({ status: "protecting" }, { status: "error" }, {}),
      age,
      now
    )
    assert.deepStrictEqual([verdict, judged?.backup.id], ["ok", "b2"])
    assert.deepStrictEqual(notes, ["newer b0: in progress: it is being made", "newer b1: failed: its status is error"])
    assert.deepStrictEqual(assessResource(resourceOf({}, { status: "error" }), age, now).notes, [])
  })

  it("a whole backup that is being copied leaves the verdict to the one before it", () => {
    const rule: Expectations = { ...age, replicated: { regions: [region] } }
    const busy = resourceOf(copied("replicating"), copied("success"))
    const { findings, verdict } = assessResource(busy, rule, now)
    assert.strictEqual(verdict, "ok")
    assert.include(
      findings.find(({ rule }) => rule === "replicated")?.actual,
      "replicating; meanwhile b1, made before it"
    )
    assert.strictEqual(assessResource(busy, rule, now, "zh").verdict, "ok")
  })

  it("no backup before it excuses a copy that failed, is not begun, or is late by a time that was given", () => {
    const verdict = (rule: Expectations, ...bodies: ReadonlyArray<object>) =>
      assessResource(resourceOf(...bodies), rule, now).verdict
    const to: Expectations = { replicated: { regions: [region] } }
    assert.strictEqual(verdict(to, copied("replicating"), copied("success")), "ok")
    assert.strictEqual(verdict(to, copied("fail"), copied("success")), "critical")
    assert.strictEqual(verdict(to, { replication_records: [] }, copied("success")), "critical")
    assert.strictEqual(verdict(to, copied("replicating"), copied("fail")), "critical")
    assert.strictEqual(verdict(to, copied("replicating")), "critical")
    assert.strictEqual(verdict(to, { status: "restoring", replication_records: [] }, copied("success")), "critical")
    const within = (hours: number): Expectations => ({
      replicated: { regions: [region], within: Duration.hours(hours) }
    })
    assert.strictEqual(verdict(within(2), copied("replicating"), copied("fail")), "ok")
    assert.strictEqual(verdict(within(0.5), copied("replicating"), copied("success")), "critical")
  })

  it("the age is that of the newest whole backup, also while it is copied", () => {
    const busy = resourceOf(
      { ...copied("replicating"), created_at: at(1) },
      { ...copied("success"), created_at: at(40) }
    )
    assert.strictEqual(assessResource(busy, age, now).verdict, "ok")
    const late = resourceOf(
      { ...copied("replicating"), created_at: at(30) },
      { ...copied("success"), created_at: at(40) }
    )
    assert.strictEqual(assessResource(late, age, now).verdict, "critical")
  })

  it("a backup that has expired excuses nothing", () => {
    const gone = { ...copied("success"), expired_at: at(0) }
    assert.strictEqual(
      assessResource(resourceOf(copied("replicating"), gone), { replicated: { regions: [region] } }, now).verdict,
      "critical"
    )
  })

  it("a resource without a whole backup says what its newest is", () => {
    const verdict = (...bodies: ReadonlyArray<object>) => {
      const { findings, verdict } = assessResource(resourceOf(...bodies), { age: { max: Duration.hours(26) } }, now)
      return [verdict, findings[0]?.actual]
    }
    assert.deepStrictEqual(verdict({ status: "protecting" }), [
      "warning",
      "it has no whole backup; the newest is in progress: it is being made"
    ])
    assert.deepStrictEqual(verdict({ status: "error" }, { status: "protecting" })[0], "critical")
    assert.deepStrictEqual(verdict({ status: "odd" })[0], "unknown")
    assert.deepStrictEqual(verdict({ status: "deleting" })[0], "critical")
    assert.deepStrictEqual(verdict({ status: "protecting", created_at: at(30) })[0], "critical")
  })

  it("a resource that no backup is of is critical, in both languages", () => {
    assert.strictEqual(assessMissing().verdict, "critical")
    assert.strictEqual(assessMissing("en").findings[0]?.actual, "it has no backup")
    assert.strictEqual(assessMissing("zh").findings[0]?.actual, "没有任何备份")
  })
})
