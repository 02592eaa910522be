import { ListBackupsReader } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { Simulator, type SimulatorOptions } from "../src/index.ts"
import { get, running, signed } from "./Caller.ts"

/** A page as the service would answer it. */
const list = Effect.fnUntraced(function* (query = "") {
  const simulator = yield* Simulator
  const { status, text } = yield* get(`${simulator.cbr}/v3/${simulator.project_id}/backups${query}`, {
    "x-auth-token": Redacted.value(yield* simulator.issueToken)
  })
  const reader = new ListBackupsReader()
  const pushed = reader.push(new TextEncoder().encode(text))
  const end = reader.end()
  const backups = Result.isSuccess(pushed) ? pushed.success.map(({ backup }) => backup) : []
  return { status, text, backups, ids: backups.map(({ id }) => id), page: Result.getOrUndefined(end) }
})

const night = Date.UTC(2026, 10, 29, 5)

const test = <E>(options: SimulatorOptions, body: Effect.Effect<void, E, Layer.Success<ReturnType<typeof running>>>) =>
  Effect.andThen(TestClock.setTime(night), Effect.provide(body, running(options)))

describe("GET /v3/{project_id}/backups", () => {
  it.effect("lists the newest first, without replications and without children beside their parent", () =>
    test(
      {},
      Effect.gen(function* () {
        const { backups: builtIn } = yield* Simulator
        const { backups, ids, page, status } = yield* list()
        assert.strictEqual(status, 200)
        assert.strictEqual(page?.count, backups.length)
        assert.strictEqual(ids.filter((id) => id === builtIn.tree).length, 1)
        assert.isTrue(backups.every(({ parent_id }) => parent_id === undefined))
        assert.isTrue(backups.every(({ replication_records = [] }) => replication_records.length === 0))
        const made = backups.flatMap(({ created_at }) => created_at?.epochMicroseconds ?? [])
        assert.deepStrictEqual(
          made,
          made.toSorted((a, b) => b - a)
        )
        const replicated = yield* list("?show_replication=true")
        assert.lengthOf(replicated.backups.find(({ id }) => id === builtIn.replicated)?.replication_records ?? [], 2)
      })
    )
  )

  it.effect("keeps the spelling of numbers", () =>
    test(
      {},
      Effect.gen(function* () {
        assert.include((yield* list()).text, "9007199254740993")
      })
    )
  )

  it.effect("filters, sorts and pages as it is asked", () =>
    test(
      { fleet: 8 },
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        const late = yield* list(`?resource_name=${fleet?.late}&limit=3`)
        assert.lengthOf(late.ids, 3)
        assert.strictEqual(late.page?.count, 30)
        assert.isBelow(late.backups[0]?.created_at?.epochMilliseconds ?? 0, night - 3 * 86_400_000)
        const next = yield* list(`?resource_name=${fleet?.late}&limit=3&offset=3`)
        const marked = yield* list(`?resource_name=${fleet?.late}&limit=3&marker=${late.ids[2]}`)
        assert.deepStrictEqual(next.ids, marked.ids)
        assert.lengthOf(new Set([...late.ids, ...next.ids]), 6)
        const oldest = yield* list(`?resource_name=${fleet?.late}&sort=created_at:asc&limit=1`)
        assert.isBelow(oldest.backups[0]?.created_at?.epochMilliseconds ?? 0, night - 30 * 86_400_000)
        const failed = yield* list(`?resource_name=${fleet?.failing}&status=error&status=protecting`)
        assert.lengthOf(failed.ids, 2)
        assert.lengthOf((yield* list(`?resource_name=${fleet?.without_backups}`)).ids, 0)
        assert.lengthOf((yield* list("?own_type=shared")).ids, 0)
        assert.lengthOf((yield* list("?used_percent=90")).ids, 0)
        const since = yield* list(`?resource_name=${fleet?.late}&start_time=2026-11-20T00:00:00Z`)
        assert.isAbove(since.ids.length, 0)
        assert.isBelow(since.ids.length, 30)
      })
    )
  )

  it.effect("refuses a parameter that cannot be, and a caller of another project", () =>
    test(
      {},
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const { status, text } = yield* list("?limit=0")
        assert.deepStrictEqual([status, text.includes("BackupService.9900")], [400, true])
        const url = `${simulator.cbr}/v3/${simulator.project_id}/backups`
        assert.strictEqual((yield* get(url)).status, 401)
        const other = `${simulator.cbr}/v3/00000000000000000000000000000000/backups`
        assert.strictEqual((yield* get(other, yield* signed(other))).status, 403)
      })
    )
  )

  it.effect("checks the signature over the query", () =>
    test(
      {},
      Effect.gen(function* () {
        const { cbr, project_id } = yield* Simulator
        const url = `${cbr}/v3/${project_id}/backups?status=error&status=available&resource_name=a%20%2B%E6%95%B0`
        const headers = yield* signed(url)
        assert.strictEqual((yield* get(url, headers)).status, 200)
        assert.strictEqual((yield* get(`${url}&limit=1`, headers)).status, 401)
      })
    )
  )

  it.effect("ignores what it is told to ignore, matches names in part, and counts the page", () =>
    test(
      { fleet: 8, list: { ignores: ["sort", "limit"], names: "part", counts: "page" } },
      Effect.gen(function* () {
        const { backups, page } = yield* list("?resource_name=ecs-fleet&limit=2&offset=5&sort=created_at:asc")
        assert.strictEqual(page?.count, backups.length)
        assert.strictEqual(backups.length, 7 * 30 + 1 - 5)
        const [first, last] = [backups[0], backups.at(-1)]
        assert.isAbove(first?.created_at?.epochMilliseconds ?? 0, last?.created_at?.epochMilliseconds ?? 0)
      })
    )
  )

  it.effect("changes between pages", () =>
    Effect.gen(function* () {
      for (const changes of ["made", "deleted"] as const) {
        yield* test(
          { fleet: 6, list: { changes } },
          Effect.gen(function* () {
            const first = yield* list("?limit=1")
            const second = yield* list("?limit=1")
            assert.notStrictEqual(second.ids[0], first.ids[0])
            assert.strictEqual((second.page?.count ?? 0) - (first.page?.count ?? 0), changes === "made" ? 1 : -1)
          })
        )
      }
    })
  )

  it.effect("a fleet has a server of each kind, and no backup of the future", () =>
    test(
      { fleet: 200 },
      Effect.gen(function* () {
        const { fleet } = yield* Simulator
        assert.lengthOf(fleet?.servers ?? [], 200)
        const newest = yield* list(`?limit=1000`)
        assert.isTrue(newest.backups.every(({ created_at }) => (created_at?.epochMilliseconds ?? 0) <= night))
        assert.lengthOf(new Set(newest.ids), 1000)
        const underWay = yield* list(`?resource_name=${fleet?.under_way}&limit=1`)
        assert.strictEqual(underWay.backups[0]?.status, "protecting")
        const failed = yield* list(`?resource_name=${fleet?.not_replicated}&limit=1&show_replication=true`)
        assert.strictEqual(failed.backups[0]?.replication_records?.[0]?.status, "fail")
      })
    )
  )
})
