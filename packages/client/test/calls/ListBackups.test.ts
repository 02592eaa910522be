import {
  BackupNotFound,
  type FailureDetail,
  hintOf,
  InvalidRequest,
  latestBackup,
  listBackups,
  type ListBackupsFilter
} from "@cbr/client"
import { BackupStatus } from "@cbr/domain"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { timed, timedError } from "../TestClient.ts"
import { Listing, type Made, project_id } from "./Listing.ts"

const ids = (filter: Omit<ListBackupsFilter, "project_id">, list: Listing, pageSize?: number) =>
  Stream.runCollect(listBackups({ project_id, ...filter }, { pageSize })).pipe(
    Effect.map((all) => all.map(({ backup }) => backup.id)),
    Effect.provide(list.client)
  )

const nights = (count: number, more: Partial<Made> = {}): ReadonlyArray<Made> =>
  Array.from({ length: count }, (_, index) => ({ id: `b${index}`, hour: count - index, ...more }))

describe("listBackups", () => {
  it.effect("asks for the newest first, page by page, and filters again what the service filtered loosely", () =>
    Effect.gen(function* () {
      const list = new Listing([
        ...nights(3, { resource_name: "ecs-a" }),
        { id: "near", hour: 9, resource_name: "ecs-a-2" },
        { id: "early", hour: 1, resource_name: "ecs-a" }
      ])
      const start_time = "2026-01-01T02:00:00Z"
      assert.deepStrictEqual(yield* ids({ resource_name: "ecs-a", start_time }, list), ["b0", "b1"])
      const [first] = list.queries
      assert.strictEqual(first?.get("sort"), "created_at:desc,id:desc")
      assert.deepStrictEqual(
        [first?.get("limit"), first?.get("offset"), first?.get("resource_name")],
        ["1000", "0", "ecs-a"]
      )
    })
  )

  it.effect("takes no more pages than its reader asks for", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(100))
      const some = yield* listBackups({ project_id }, { pageSize: 10 }).pipe(
        Stream.take(12),
        Stream.runCollect,
        Effect.provide(list.client)
      )
      assert.lengthOf(some, 12)
      assert.lengthOf(list.queries, 2)
    })
  )

  it.effect("asks for smaller pages after an answer that is too large", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(60), { policy: { largestBody: 2000 } })
      const all = yield* ids({}, list)
      assert.lengthOf(new Set(all), 60)
      assert.deepStrictEqual(
        list.queries.slice(0, 4).map((query) => query.get("limit")),
        ["1000", "250", "62", "15"]
      )
    })
  )

  it.effect("fails where one backup alone is too large", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(3), { policy: { largestBody: 20 } })
      const { error } = yield* timedError(ids({}, list))
      assert.strictEqual(error._tag, "ResponseTooLarge")
    })
  )

  it.effect("tells once that a list may be incomplete, and why", () =>
    Effect.gen(function* () {
      for (const [ignores, code] of [
        ["sort", "list-unsorted"],
        ["offset", "list-unpaged"]
      ] as const) {
        const told: Array<FailureDetail> = []
        const list = new Listing(nights(30).toReversed(), { ignores: [ignores] })
        yield* listBackups(
          { project_id },
          { pageSize: 10, onIncomplete: (detail) => Effect.sync(() => void told.push(detail)) }
        ).pipe(Stream.runDrain, Effect.provide(list.client))
        assert.deepStrictEqual(told, [{ code }])
      }
    })
  )

  it.effect("asks again without show_replication where a server refuses it, and tells that copies are missing", () =>
    Effect.gen(function* () {
      const told: Array<FailureDetail> = []
      const list = new Listing(nights(3), { refusesCopies: true })
      const found = yield* listBackups(
        { project_id, show_replication: true },
        { pageSize: 2, onIncomplete: (detail) => Effect.sync(() => void told.push(detail)) }
      ).pipe(Stream.runCollect, Effect.provide(list.client))
      assert.lengthOf(found, 3)
      assert.deepStrictEqual(told, [{ code: "list-without-copies" }])
      const withCopies = list.queries.map((query) => query.has("show_replication"))
      assert.deepStrictEqual(withCopies.slice(0, 2), [true, false])
      assert.lengthOf(withCopies.filter(Boolean), 1)
    })
  )

  it.effect("a 400 that show_replication did not cause is told as it came", () =>
    Effect.gen(function* () {
      const first = { status: 400, body: `{"error_code":"BackupService.1200","error_msg":"no"}` }
      const list = new Listing(nights(3), { first, always: true })
      const { error } = yield* timedError(ids({ show_replication: true }, list))
      assert.strictEqual(error._tag, "RequestRefused")
      assert.include(error.message, "BackupService.1200")
      assert.lengthOf(list.queries, 2)
    })
  )

  it.effect("retries a page, and begins its backups anew", () =>
    Effect.gen(function* () {
      for (const broken of [{ status: 503 }, { status: 200, body: `{"backups":[{"id":"b0"},{"id` }]) {
        const list = new Listing(nights(3), { first: broken })
        const { exit } = yield* timed(ids({}, list))
        assert.deepStrictEqual(exit, yield* Effect.exit(Effect.succeed(["b0", "b1", "b2"])))
      }
    })
  )

  it.effect("refuses a parameter that the page does not allow before anything is sent", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(3))
      const wrong = {
        status: ["done"],
        used_percent: 0,
        resource_id: "\u0000",
        resource_nam: "x"
      } as unknown as ListBackupsFilter
      const { error } = yield* timedError(ids(wrong, list))
      assert.instanceOf(error, InvalidRequest)
      assert.strictEqual(
        error.message,
        `the API's page does not allow ["done"] for status (it can be ${BackupStatus.members.join(", ")}); the API's page does not allow 0 for used_percent; the API's page does not allow "\\u0000" for resource_id; a list has no filter resource_nam; did you mean resource_name?`
      )
      assert.lengthOf(list.queries, 0)
    })
  )

  it.effect("a 404 of a server without a list is no missing backup", () =>
    Effect.gen(function* () {
      const { error } = yield* timedError(ids({}, new Listing([], { first: { status: 404 } })))
      assert.strictEqual(error._tag, "OtherStatus")
    })
  )

  it.effect("a body that is no list, is compressed, or is not UTF-8 is not understood", () =>
    Effect.gen(function* () {
      const bodies = [
        [{ status: 200, body: `{"backup":{}}` }, `CBR answered 200, but`],
        [{ status: 200, body: "\u001f\u008b", headers: { "content-encoding": "gzip" } }, "compressed"],
        [{ status: 200, body: Uint8Array.from([0x7b, 0xff]) }, "CBR answered 200, but"]
      ] as const
      for (const [first, words] of bodies) {
        const { error } = yield* timedError(ids({}, new Listing([], { first, always: true })))
        assert.strictEqual(error._tag, "MalformedResponse")
        assert.include(error.message, words)
      }
    })
  )
})

describe("latestBackup", () => {
  const latest = (filter: Parameters<typeof latestBackup>[0], list: Listing, until?: "newest" | "whole") =>
    Effect.provide(latestBackup(filter, { until }), list.client)

  it.effect("by id, one small page settles it", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(300, { resource_id: "r" }))
      const { count, newest } = yield* latest({ project_id, resource_id: "r" }, list)
      assert.deepStrictEqual([newest.backup.id, count], ["b0", 10])
      assert.deepStrictEqual(
        list.queries.map((query) => query.get("limit")),
        ["10"]
      )
    })
  )

  it.effect("goes on to the whole backup before the newest one while that is being copied, and no further", () =>
    Effect.gen(function* () {
      for (const [status, limits] of [
        ["success", ["10"]],
        ["replicating", ["10", "40"]]
      ] as const) {
        const [newest, ...others] = nights(100, { resource_id: "r", status: "error" })
        const records = [{ destination_region: "cn-south-1", status }]
        const all = others.map((made, index) => (index === 20 ? { ...made, status: "available" } : made))
        const list = new Listing([{ ...newest!, status: "available", replication_records: records }, ...all])
        const { whole, wholeBefore } = yield* latest({ project_id, resource_id: "r" }, list, "whole")
        const before = status === "success" ? undefined : all[20]?.id
        assert.deepStrictEqual([whole?.backup.id, wholeBefore?.backup.id], [newest?.id, before])
        assert.deepStrictEqual(
          list.queries.map((query) => query.get("limit")),
          [...limits]
        )
      }
    })
  )

  it.effect("goes on, with growing pages, until a whole backup is found", () =>
    Effect.gen(function* () {
      const failed = nights(60, { resource_id: "r", status: "error" })
      const list = new Listing([...failed, { id: "whole", hour: 0, resource_id: "r" }])
      const { newest, whole } = yield* latest({ project_id, resource_id: "r" }, list, "whole")
      assert.deepStrictEqual([newest.backup.id, whole?.backup.id], ["b0", "whole"])
      assert.deepStrictEqual(
        list.queries.map((query) => query.get("limit")),
        ["10", "40", "160"]
      )
    })
  )

  it.effect("a server that ignores sort is read to its end", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(300, { resource_id: "r" }).toReversed(), { ignores: ["sort"] })
      assert.strictEqual((yield* latest({ project_id, resource_id: "r" }, list)).newest.backup.id, "b0")
    })
  )

  it.effect("by name, every match is looked through", () =>
    Effect.gen(function* () {
      const list = new Listing([
        ...nights(30, { resource_id: "r", resource_name: "ecs-a" }),
        { id: "part", hour: 99, resource_id: "q", resource_name: "ecs-a-2" },
        { id: "untold", hour: 99 }
      ])
      const { count, newest } = yield* latest({ project_id, resource_name: "ecs-a" }, list)
      assert.deepStrictEqual([newest.backup.id, count], ["b0", 30])
    })
  )

  it.effect("two ids of one name are told apart, each with its newest", () =>
    Effect.gen(function* () {
      const list = new Listing([
        ...nights(3, { resource_id: "new", resource_name: "ecs-a" }),
        { id: "old-1", hour: -400, resource_id: "old", resource_name: "ecs-a" },
        { id: "old-2", hour: -500, resource_id: "old", resource_name: "ecs-a" }
      ])
      const { error } = yield* timedError(latest({ project_id, resource_name: "ecs-a" }, list))
      assert.instanceOf(error, InvalidRequest)
      assert.deepStrictEqual(error.detail, {
        code: "several-resources",
        name: "ecs-a",
        resources: [
          { id: "new", newest: "b0", created_at: "2026-01-01T03:00:00.000Z" },
          { id: "old", newest: "old-1", created_at: "2025-12-15T08:00:00.000Z" }
        ]
      })
      assert.match(hintOf(error).en, /^name one of them by its id/)
    })
  )

  it.effect("no backup of a resource is not found", () =>
    Effect.gen(function* () {
      const list = new Listing(nights(3, { resource_id: "r", resource_name: "ecs-a" }))
      const { error } = yield* timedError(latest({ project_id, resource_name: "ecs-b" }, list))
      assert.instanceOf(error, BackupNotFound)
      assert.strictEqual(error.message, `no backup in this project and region is of a resource with the name "ecs-b"`)
      assert.deepStrictEqual(hintOf(error), {
        en: "check the name or id of the server or disk, the project and the region",
        zh: "请检查服务器或磁盘的名称或 ID、项目和区域"
      })
    })
  )
})
