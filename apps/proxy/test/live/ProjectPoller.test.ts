import { PermissionDenied, RequestRefused, ResponseTooLarge, ServiceUnavailable } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random, Schema, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { ProjectEvents } from "../../src/live/ProjectEvents.ts"
import { ProjectPoller } from "../../src/live/ProjectPoller.ts"
import { WatchedProject } from "../../src/live/WatchedProject.ts"
import { type ReadEvent, eventsIn } from "./Frames.ts"
import { ListCloud, many, nth } from "./ListCloud.ts"

/** Follows a project's list until the scope closes, without jitter. */
const following = Effect.fnUntraced(function* (cloud: ListCloud): Effect.fn.Return<WatchedProject, never, Scope.Scope> {
  const project = new WatchedProject("4229d7a45436489f8c3dc2b1d35d4987", new ProjectEvents("log"))
  const poller = new ProjectPoller(project, cloud.read)
  yield* poller.round.pipe(
    Effect.flatMap(Effect.sleep),
    Effect.forever,
    Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 }),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* TestClock.adjust(0)
  return project
})

const told = ({ events }: WatchedProject): ReadonlyArray<ReadEvent> => {
  const all: Array<ReadEvent> = []
  let position = 0
  for (;;) {
    const piece = events.since(position)
    if (piece === undefined || piece.events.length === 0) return all
    all.push(...eventsIn(...piece.events.map(({ frame }) => frame)))
    position = piece.position
  }
}

const wordsOf = (project: WatchedProject): ReadonlyArray<string> =>
  told(project).map(({ data, event }) => `${event} ${Number.parseInt(data.slice(data.indexOf("-8000-") + 6), 16)}`)

const idsOf = ({ inventory }: WatchedProject): ReadonlyArray<string> =>
  [...inventory.backups()].map(({ id }) => id ?? "").sort()

describe("the poller of a project", () => {
  for (const { atRest, backups, pass } of [
    { backups: 6_000, pass: 7, atRest: 120 + 6 * 7 },
    { backups: 100_000, pass: 101, atRest: 120 + 120 }
  ]) {
    it.effect(
      `a project of ${backups} backups costs ${pass} calls at first, and at rest ${atRest} an hour at most`,
      () =>
        Effect.gen(function* () {
          const cloud = new ListCloud(many(backups))
          const poller = yield* following(cloud)
          // And a look at the newest, between two pages of the pass.
          assert.strictEqual(cloud.calls(), pass + 1)
          assert.isTrue(poller.state.current().complete)
          assert.strictEqual(poller.inventory.size, backups)
          cloud.requests = []
          yield* TestClock.adjust("5 hours")
          assert.isAtMost(cloud.calls(), 5 * atRest + pass)
          assert.isAtLeast(cloud.calls(), 4 * atRest)
          assert.strictEqual(poller.events.position, 0)
        }).pipe(Effect.scoped),
      60_000
    )
  }

  it.effect("a page each 5 s is asked for while backups are under way, however many they are", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(
        many(2_000).map((backup, n) => (n < 1_500 ? backup : { ...backup, status: "protecting" }))
      )
      yield* following(cloud)
      cloud.requests = []
      yield* TestClock.adjust("1 hour")
      const newest = cloud.requests.filter(({ limit }) => limit === 100).length
      assert.isAtMost(newest, 720 + 10)
      assert.isAtLeast(newest, 700)
      assert.isAtMost(cloud.calls() - newest, 6 * 4)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "a new backup is told within 30 s, each of its states within 5 s, and that it is gone by the next pass",
    () =>
      Effect.gen(function* () {
        const cloud = new ListCloud(many(2_500))
        const poller = yield* following(cloud)
        yield* TestClock.adjust("2 minutes")
        assert.deepStrictEqual(wordsOf(poller), [])
        cloud.put(nth(3_000, { status: "protecting" }), nth(3_001, { status: "protecting" }))
        yield* TestClock.adjust("31 seconds")
        assert.deepStrictEqual(wordsOf(poller), ["new 3000", "new 3001"])
        cloud.put(nth(3_001))
        yield* TestClock.adjust("6 seconds")
        assert.strictEqual(wordsOf(poller)[2], "changed 3001")
        cloud.remove(nth(17).id, nth(3_001).id)
        yield* TestClock.adjust("10 minutes")
        assert.sameMembers(wordsOf(poller).slice(3), ["gone 17", "gone 3001"])
        assert.deepStrictEqual(idsOf(poller), cloud.ids())
      }).pipe(Effect.scoped)
  )

  it.effect("a backup that one pass misses is not told as gone, and is none of the cache's to forget", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(2_500))
      const poller = yield* following(cloud)
      yield* TestClock.adjust("9 minutes")
      cloud.remove(nth(17).id, nth(18).id)
      // The pass after 10 minutes misses both, and the next one comes at once.
      yield* TestClock.adjust("90 seconds")
      assert.deepStrictEqual([wordsOf(poller), poller.inventory.size], [[], 2_500])
      cloud.put(nth(17))
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual([wordsOf(poller), poller.takeGone()], [["gone 18"], [nth(18).id]])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(wordsOf(poller), ["gone 18"])
    }).pipe(Effect.scoped)
  )

  it.effect("what an old backup becomes is told by the next pass", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(2_500))
      const poller = yield* following(cloud)
      cloud.put(nth(3, { status: "restoring" }))
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual(wordsOf(poller), [])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(wordsOf(poller), ["changed 3"])
      assert.deepStrictEqual(JSON.parse(told(poller)[0]!.data), { backup: nth(3, { status: "restoring" }) })
    }).pipe(Effect.scoped)
  )

  it.effect.prop(
    "a backup that stands still is never told as gone, new or changed, whatever happens between the pages",
    {
      changes: Schema.Array(
        Schema.Struct({
          kind: Schema.Literals(["made", "removed", "changed"]),
          at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 299 })),
          times: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 30 }))
        })
      ).check(Schema.isMaxLength(60)),
      // A page of more is too large, so that there are many pages.
      most: Schema.Literals([20, 40, 300])
    },
    ({ changes, most }) =>
      Effect.gen(function* () {
        const cloud = new ListCloud(many(300))
        const touched = new Set<string>()
        cloud.failure = ({ limit = 0 }) => (limit > most ? tooLarge : undefined)
        let made = 300
        const left = [...changes]
        cloud.behind = () => {
          const change = left.shift()
          for (let n = 0; n < (change?.times ?? 0); n++) {
            const old = nth((change!.at + n) % 300)
            if (change?.kind === "made") cloud.put(nth(made++))
            else if (cloud.has(old.id)) {
              touched.add(old.id)
              if (change?.kind === "removed") cloud.remove(old.id)
              else cloud.put({ ...old, name: `renamed with ${left.length} left` })
            }
          }
        }
        const poller = yield* following(cloud)
        yield* TestClock.adjust("40 minutes")
        cloud.behind = undefined
        yield* TestClock.adjust("40 minutes")
        assert.deepStrictEqual(idsOf(poller), cloud.ids())
        for (const { data, event } of told(poller)) {
          const { id } = (JSON.parse(data) as { backup: { id: string } }).backup
          const isOld = many(300).some((backup) => backup.id === id)
          assert.isTrue(!isOld || touched.has(id), `${event} ${id}`)
        }
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 60 } }
  )

  for (const ignored of ["offset", "limit", "sort"] as const) {
    it.effect(
      `a service that does not heed ${ignored} is not asked without end, and no backup is told as new or gone`,
      () =>
        Effect.gen(function* () {
          const cloud = new ListCloud([...many(3_000)].reverse().map((backup, n) => (n % 3 === 0 ? nth(n) : backup)))
          cloud.ignores.add(ignored)
          const poller = yield* following(cloud)
          yield* TestClock.adjust("1 hour")
          assert.isAtMost(cloud.calls(), 720 + 720)
          assert.strictEqual(poller.state.current().complete, ignored === "limit")
          assert.deepStrictEqual(wordsOf(poller), [])
        }).pipe(Effect.scoped)
    )
  }

  it.effect("a service that stops to heed offset makes no backup gone that it does not show any more", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(3_000))
      const poller = yield* following(cloud)
      cloud.ignores.add("offset")
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual([wordsOf(poller), poller.inventory.size], [[], 3_000])
    }).pipe(Effect.scoped)
  )

  it.effect("a page that is too large is asked for in parts, and the same size is not tried again", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(1_200))
      cloud.failure = ({ limit = 0 }) => (limit > 60 ? tooLarge : undefined)
      const poller = yield* following(cloud)
      assert.deepStrictEqual(idsOf(poller), cloud.ids())
      cloud.requests = []
      yield* TestClock.adjust("1 hour")
      assert.isAtMost(cloud.requests.filter(({ limit = 0 }) => limit > 60).length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("a failure is told with what it is, looked past ever later, and over with the next page", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(10))
      const poller = yield* following(cloud)
      const ill = new ServiceUnavailable({ detail: { code: "other", message: "ill" }, status_code: 503 })
      cloud.failure = () => ill
      yield* TestClock.adjust("31 seconds")
      assert.strictEqual(poller.state.current().failure?.error, ill)
      cloud.requests = []
      yield* TestClock.adjust("1 hour")
      assert.isAtMost(cloud.calls(), 130)
      cloud.failure = undefined
      yield* TestClock.adjust("1 minute")
      assert.isUndefined(poller.state.current().failure)
    }).pipe(Effect.scoped)
  )

  it.effect("a project that cannot be listed at first is not open, and its failure is known", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(10))
      cloud.failure = () => new PermissionDenied({ detail: { code: "other", message: "no" }, status_code: 403 })
      const poller = yield* following(cloud)
      const { isOpen, failure } = poller.state.current()
      assert.deepStrictEqual([isOpen, failure?.inARow], [false, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("what another caller had fetched is told at once", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(10))
      const poller = yield* following(cloud)
      cloud.put(nth(4, { status: "deleting" }))
      const { backups } = yield* cloud.read({ project_id: "p" }, undefined)
      for (const response of backups) poller.take(response)
      poller.drop(nth(5).id.toUpperCase())
      assert.deepStrictEqual(wordsOf(poller), ["changed 4", "gone 5"])
    }).pipe(Effect.scoped)
  )

  it.effect("a backup that ShowBackup knows and the list never has is neither new nor gone", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(10))
      const poller = yield* following(cloud)
      const { backups } = yield* new ListCloud([nth(20)]).read({ project_id: "p" }, undefined)
      for (let looks = 0; looks < 3; looks++) {
        poller.take(backups[0]!)
        yield* TestClock.adjust("1 hour")
      }
      assert.deepStrictEqual([wordsOf(poller), poller.inventory.size], [[], 10])
      // As soon as the list has it, its changes are told.
      cloud.put(nth(20, { status: "protecting" }))
      yield* TestClock.adjust("31 seconds")
      poller.take(backups[0]!)
      assert.deepStrictEqual(wordsOf(poller), ["new 20", "changed 20"])
    }).pipe(Effect.scoped)
  )

  it.effect("a listed backup that ShowBackup still knows is told as gone once, by the list", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(10))
      const poller = yield* following(cloud)
      const { backups } = yield* new ListCloud([nth(9)]).read({ project_id: "p" }, undefined)
      cloud.remove(nth(9).id)
      for (let looks = 0; looks < 3; looks++) {
        yield* TestClock.adjust("1 hour")
        poller.take(backups[0]!)
      }
      assert.deepStrictEqual(wordsOf(poller), ["gone 9"])
    }).pipe(Effect.scoped)
  )

  it.effect("asks for copies too, and without them a cloud that does not know the parameter", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(30))
      cloud.failure = ({ show_replication }) => (show_replication === true ? unknownParameter : undefined)
      const poller = yield* following(cloud)
      assert.isTrue(poller.state.current().complete)
      assert.strictEqual(poller.inventory.size, 30)
      assert.strictEqual(cloud.requests.filter((request) => request.show_replication === true).length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("tells of a copy that succeeded, and keeps it when a list leaves the copies out", () =>
    Effect.gen(function* () {
      const copied = (status: string) => ({ replication_records: [{ destination_region: "cn-south-1", status }] })
      const cloud = new ListCloud([...many(3), nth(3, copied("replicating"))])
      const poller = yield* following(cloud)
      cloud.put(nth(3, copied("success")))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(wordsOf(poller), ["changed 3"])
      cloud.put(nth(3, { replication_records: [] }))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(wordsOf(poller), ["changed 3"])
      const kept = [...poller.inventory.backups()].find(({ id }) => id === nth(3).id)
      assert.deepStrictEqual(kept?.replication_records, copied("success").replication_records as never)
    }).pipe(Effect.scoped)
  )
})

const tooLarge = new ResponseTooLarge({ detail: { code: "other", message: "too large" }, status_code: 200 })
const unknownParameter = new RequestRefused({ detail: { code: "other", message: "no" }, status_code: 400 })
