import { BackupResp } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { freshnessOfAbsence, freshnessOf, freshnessOfList } from "../../src/cache/Freshness.ts"
import { defaultCachePolicy as rules } from "../../src/policy/CachePolicy.ts"
import { backupOf } from "./backupOf.ts"

const at = Date.UTC(2026, 0, 2)
const middle = 0.5

const child = (status: string) => ({ children: [{ status: "available" }, { status }] })
const copy = (status: string) => ({ replication_records: [{ status: "success" }, { status }] })

describe("lifetimeOf", () => {
  /** Seconds for which the answer is fresh, for which it may be served while another is fetched, and if none can be. */
  const rows: ReadonlyArray<readonly [string, object, fresh: number, revalidate: number, fallback: number]> = [
    ["available", { status: "available" }, 60, 90, 3_660],
    ["error", { status: "error" }, 30, 60, 3_630],
    ["protecting", { status: "protecting" }, 2, 2, 2],
    ["deleting", { status: "deleting" }, 2, 2, 2],
    ["restoring", { status: "restoring" }, 2, 2, 2],
    ["waiting_protect", { status: "waiting_protect" }, 2, 2, 2],
    ["waiting_delete", { status: "waiting_delete" }, 2, 2, 2],
    ["waiting_restore", { status: "waiting_restore" }, 2, 2, 2],
    ["an undocumented status", { status: "archiving" }, 2, 2, 2],
    ["no status", {}, 2, 2, 2],
    ["a moving child", { status: "available", ...child("deleting") }, 5, 5, 5],
    ["a child of undocumented status", { status: "available", ...child("archiving") }, 5, 5, 5],
    [
      "a moving grandchild",
      { status: "available", children: [{ status: "available", ...child("restoring") }] },
      5,
      5,
      5
    ],
    ["a replication under way", { status: "available", ...copy("replicating") }, 5, 5, 5],
    ["a replication that waits", { status: "error", ...copy("waiting_replicate") }, 5, 5, 5],
    ["a moving backup with a moving child", { status: "restoring", ...child("restoring") }, 2, 2, 2],
    ["parts at rest", { status: "available", ...child("error"), ...copy("fail") }, 60, 90, 3_660],
    ["40 s to its end", { status: "available", expired_at: "2026-01-02T00:00:40" }, 40, 40, 40],
    ["70 s to its end", { status: "available", expired_at: "2026-01-02T00:01:10" }, 60, 70, 70],
    ["an end in the past", { status: "available", expired_at: "2026-01-01T00:00:00" }, 0, 0, 0]
  ]

  it.each(rows)("%s", (_, fields, fresh, revalidate, fallback) => {
    const lifetime = freshnessOf(backupOf(fields), at, middle, rules)
    assert.deepStrictEqual(
      [lifetime.freshUntil, lifetime.revalidateUntil, lifetime.fallbackUntil].map((time) => (time - at) / 1_000),
      [fresh, revalidate, fallback]
    )
  })

  it("jitter is a tenth either way", () => {
    const fresh = (chance: number) => freshnessOf(backupOf({ status: "available" }), at, chance, rules).freshUntil - at
    assert.deepStrictEqual([fresh(0), fresh(1)], [54_000, 66_000])
  })

  it("what is undocumented has a time of its own", () => {
    const unlike = { ...rules, fresh_seconds: { ...rules.fresh_seconds, unknown: 1 } }
    for (const [fields, seconds] of [
      [{}, 1],
      [{ status: "archiving" }, 1],
      [{ status: "restoring" }, 2]
    ] as const) {
      assert.strictEqual(freshnessOf(backupOf(fields), at, middle, unlike).freshUntil - at, seconds * 1_000)
    }
  })

  const moment = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Date.UTC(2200) })))
  const fraction = Arbitrary.schema(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))

  it.prop(
    "no use of any backup outlives it, nor the use that follows",
    [Arbitrary.schema(BackupResp), moment, fraction],
    ([backup, at, chance]) => {
      const { fallbackUntil, freshUntil, revalidateUntil, usableUntil } = freshnessOf(backup, at, chance, rules)
      const times = [at, freshUntil, revalidateUntil, fallbackUntil, usableUntil]
      assert.deepStrictEqual(
        times,
        times.toSorted((a, b) => a - b)
      )
      const end = backup.expired_at === undefined ? Infinity : backup.expired_at.epochMicroseconds / 1_000
      assert.isAtMost(usableUntil, Math.max(at, end))
      assert.isAtMost(freshUntil - at, 66_001)
    },
    { arbitrary: { runs: 1_000 } }
  )
})

describe("absenceOf", () => {
  it("is believed for 5 s, or for 60 s when the backup was on its way to it, and then not at all", () => {
    for (const [leaving, seconds] of [
      [false, 5],
      [true, 60]
    ] as const) {
      const { freshUntil, usableUntil } = freshnessOfAbsence(leaving, at, middle, rules)
      assert.deepStrictEqual([freshUntil, usableUntil], [at + seconds * 1_000, at + seconds * 1_000])
    }
  })
})

describe("lifetimeOfList", () => {
  const rows: ReadonlyArray<readonly [string, ReadonlyArray<object>, fresh: number]> = [
    ["no backup", [], 5],
    ["backups at rest", [{ status: "available" }, { status: "error" }], 5],
    ["one that moves", [{ status: "available" }, { status: "protecting" }], 2],
    ["one of unknown status", [{}], 2],
    ["one with 3 s to its end", [{ status: "available", expired_at: "2026-01-02T00:00:03" }], 3],
    ["one that has expired and is there still", [{ status: "available", expired_at: "2026-01-01T00:00:00" }], 5]
  ]

  it.each(rows)("a page with %s", (_, backups, fresh) => {
    const { fallbackUntil, freshUntil, revalidateUntil, usableUntil } = freshnessOfList(
      backups.map(backupOf),
      at,
      middle,
      rules
    )
    assert.strictEqual((freshUntil - at) / 1_000, fresh)
    assert.deepStrictEqual([revalidateUntil, fallbackUntil, usableUntil], [freshUntil, freshUntil, freshUntil])
  })
})
