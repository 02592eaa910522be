import {
  assessMissing,
  assessResource,
  type BackupResp,
  BackupStatus,
  Fleet,
  ReplicationStatus,
  ShowBackupResponse
} from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Result, Schema } from "effect"
import { FleetDigest, FleetDigestBuilder, type ResourceDigest } from "../../src/contract/index.ts"
import { resourceVerdict } from "../../src/contract/ResourceVerdict.ts"
import { markAt, markOf, marksOf, stripOf, withMark, withoutMark } from "../../src/contract/StripMark.ts"

const now = DateTime.makeUnsafe("2026-01-31T12:00:00Z")
const seconds = Math.floor(DateTime.toEpochMillis(now) / 1000)
const maxAge = Duration.hours(26)

/** The parts of a random backup: a moment from ahead of now to forty days ago, a resource out of three, and states. */
const Random = Schema.Struct({
  hoursAgo: Schema.Literals([-1, 0, 1, 2, 3, 5, 8, 13, 20, 25, 27, 30, 100, 400, 719, 721, 800, 960]),
  resource: Schema.Literals(["a", "b", "c"]),
  status: Schema.Literals([...BackupStatus.members, "available", "available", "odd"]),
  part: Schema.Literals(["none", "available", "available", "error", "protecting", "odd"]),
  copy: Schema.Literals(["none", "none", ...ReplicationStatus.members, "odd"]),
  protectedAt: Schema.Literals(["same", "later", "none"]),
  expiry: Schema.Literals(["none", "ahead", "ahead", "passed"])
})

const List = Schema.Array(Random).check(Schema.isMaxLength(12))
const often = { arbitrary: { runs: 2_000 } }

const at = (hoursAgo: number) => DateTime.formatIso(DateTime.subtract(now, { hours: hoursAgo })).replace("Z", "")

const made = (list: typeof List.Type): ReadonlyArray<BackupResp> =>
  list.map(({ copy, expiry, hoursAgo, part, protectedAt, resource, status }, index) =>
    backupOf({
      id: String(index).padStart(4, "0"),
      resource_id: resource,
      resource_name: `ecs-${resource}`,
      status,
      created_at: at(hoursAgo),
      ...(protectedAt === "none" ? {} : { protected_at: at(protectedAt === "same" ? hoursAgo : hoursAgo - 0.5) }),
      ...(expiry === "none" ? {} : { expired_at: at(expiry === "ahead" ? -1000 : 0.25) }),
      ...(part === "none" ? {} : { children: [{ status: part }] }),
      replication_records: copy === "none" ? [] : [{ destination_region: "cn-south-1", status: copy }]
    })
  )

const backupOf = (backup: object): BackupResp =>
  Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup }))).backup

const digestOf = (backups: ReadonlyArray<BackupResp>, expected: ReadonlyArray<string> = []) => {
  const reader = new FleetDigestBuilder({ project_id: "p", now, expected, incomplete: false })
  for (const backup of backups) reader.add(backup)
  return reader.digest()
}

describe("the board's verdict", () => {
  it.prop(
    "is the one that check gives, of every resource of every list",
    [List],
    ([list]) => {
      const backups = made(list)
      const fleet = new Fleet(now)
      for (const backup of backups) fleet.add({ backup })
      const digests = new Map(digestOf(backups).resources.map((resource) => [resource.id, resource]))
      assert.strictEqual(digests.size, fleet.size)
      for (const resource of fleet.resources()) {
        const digest = digests.get(resource.key)!
        const checked = assessResource(resource, { healthy: {}, age: { max: maxAge } }, now)
        const judged = resourceVerdict(digest, seconds, Duration.toSeconds(maxAge))
        assert.strictEqual(judged.verdict, checked.verdict, JSON.stringify({ digest, findings: checked.findings }))
        assert.strictEqual(judged.whole?.id, resource.whole?.backup.id)
        assert.strictEqual(judged.verdict === "ok", judged.reason === "whole")
        if (resource.whole !== undefined) {
          const named = new Set(judged.newer.map(({ id }) => id))
          for (const item of [resource.underWay, resource.failed]) {
            if (item !== undefined) assert.isTrue(named.has(item.backup.id!), item.backup.id)
          }
        }
      }
    },
    often
  )

  it("is the one that check gives of a server that must have a backup and has none", () => {
    const [missing, ...others] = digestOf([], ["ecs-0001"]).resources
    assert.lengthOf(others, 0)
    assert.strictEqual(resourceVerdict(missing!, seconds, 3600).verdict, assessMissing().verdict)
    assert.strictEqual(resourceVerdict(missing!, seconds, 3600).reason, "no-backup")
    assert.isTrue(missing!.expected)
  })

  it("gets graver as time passes, without any change of the digest", () => {
    const [resource] = digestOf([
      backupOf({ id: "1", resource_id: "a", status: "available", created_at: at(1) })
    ]).resources
    const verdictAfter = (hours: number) => resourceVerdict(resource!, seconds + hours * 3600, 26 * 3600).verdict
    assert.deepStrictEqual([0, 24, 26].map(verdictAfter), ["ok", "ok", "critical"])
  })
})

describe("the digest", () => {
  it.prop("goes over the wire as its schema says", [List], ([list]) => {
    const digest = digestOf(made(list), ["ecs-a", "nowhere"])
    const read = Schema.decodeUnknownSync(FleetDigest)(JSON.parse(JSON.stringify(digest)))
    assert.deepStrictEqual(read, digest)
    for (const { strip } of digest.resources) {
      assert.lengthOf(strip.states, strip.ids.length)
      assert.lengthOf(strip.replicated, strip.ids.length)
      assert.lengthOf(strip.at, strip.ids.length)
    }
  })

  it("finds an expected server by its name or its id, and has a row for each that is not there", () => {
    const backups = ["a", "b"].map((id) =>
      backupOf({ id, resource_id: id, resource_name: `ecs-${id}`, status: "available" })
    )
    const { resources } = digestOf(backups, ["ecs-a", "b", "ecs-c"])
    assert.deepStrictEqual(
      resources.map(({ expected, id }) => [id, expected]),
      [
        ["ecs-c", true],
        ["a", true],
        ["b", true]
      ]
    )
  })

  it("leaves out what is older than 30 days, but the newest of each state, and the two newest whole ones", () => {
    const backups = [800, 900, 950, 960].map((hours, index) =>
      backupOf({
        id: String(hours),
        resource_id: "a",
        created_at: at(hours),
        status: index === 0 ? "error" : "available"
      })
    )
    assert.deepStrictEqual(digestOf(backups).resources[0]!.strip.ids, ["800", "900", "950"])
  })
})

describe("a strip", () => {
  it.prop("that is told of one backup at a time becomes the strip of all, whatever the order", [List], ([list]) => {
    const backups = made(list).filter(({ resource_id }) => resource_id === "a")
    const marks = backups.map((backup) => markOf(backup, now))
    const strip = marks.reduce(withMark, stripOf([]))
    assert.sameDeepMembers([...marksOf(strip)], marks)
    const times = strip.at
    assert.deepStrictEqual(
      times,
      [...times].sort((one, other) => other - one)
    )
    const [first] = marks
    if (first === undefined) return
    assert.deepStrictEqual(withMark(strip, first), strip)
    assert.notInclude(withoutMark(strip, first.id).ids, first.id)
    assert.isUndefined(markAt(strip, strip.ids.length))
  })

  it("shows a backup that changed in the place of what it was", () => {
    const before = digestOf([backupOf({ id: "1", resource_id: "a", status: "protecting", created_at: at(1) })])
    const [resource] = before.resources as [ResourceDigest]
    const after = backupOf({ id: "1", resource_id: "a", status: "available", created_at: at(1) })
    const strip = withMark(resource.strip, markOf(after, now))
    assert.strictEqual(strip.states, "w")
    assert.strictEqual(resourceVerdict({ ...resource, strip }, seconds, 3600 * 2).verdict, "ok")
  })
})
