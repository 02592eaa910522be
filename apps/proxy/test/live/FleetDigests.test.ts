import { gunzipSync } from "node:zlib"
import type { FleetDigest } from "@cbr/board/contract"
import { PermissionDenied } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { type FleetAnswer, FleetDigests } from "../../src/live/FleetDigests.ts"
import { ProjectPollerRegistry } from "../../src/live/ProjectPollerRegistry.ts"
import { ListCloud, many, nth } from "./ListCloud.ts"
import { generation, project_id, under } from "./Watches.ts"

const configured = (expect: ReadonlyArray<string>) => ({
  projects: { [project_id]: { region: "cn-north-4", credentials: ["cloud"], expect } }
})

const withFleets = <A, E, R>(
  { upstream }: ListCloud,
  effect: Effect.Effect<A, E, R>,
  expect: ReadonlyArray<string> = []
) =>
  Effect.provide(
    effect,
    FleetDigests.layer.pipe(
      Layer.provide(ProjectPollerRegistry.layer),
      Layer.provide(under(generation(upstream, {}, configured(expect))))
    )
  )

/** Asks for the digest while time stands still. */
const asked = Effect.gen(function* () {
  const fleets = yield* FleetDigests
  const asking = yield* Effect.forkChild(Effect.scoped(fleets.of(project_id, "caller", 10_000)), {
    startImmediately: true
  })
  yield* TestClock.adjust(0)
  return yield* Fiber.join(asking)
})

const read = ({ body }: FleetAnswer): FleetDigest => JSON.parse(Buffer.from(body).toString()) as FleetDigest

describe("the digest of a fleet", () => {
  it.effect("has a row a server, by all of the list, and one for each that must have a backup and has none", () =>
    withFleets(
      new ListCloud(many(2_500)),
      Effect.gen(function* () {
        const { incomplete, resources } = read(yield* asked)
        assert.isFalse(incomplete)
        assert.sameMembers(
          resources.map(({ id }) => id),
          ["absent", ...Array.from({ length: 7 }, (_, n) => `server-${n}`)]
        )
        const { expected, strip } = resources.find(({ id }) => id === "absent")!
        assert.deepStrictEqual([expected, strip.ids], [true, []])
        assert.isTrue(resources.find(({ id }) => id === "server-3")!.expected)
        assert.isFalse(resources.find(({ id }) => id === "server-4")!.expected)
      }),
      ["absent", "server-3"]
    )
  )

  it.effect("says of a server what its disks say: one that has expired, and one whose copy failed", () =>
    withFleets(
      new ListCloud([
        nth(1, { children: [{ id: "a", status: "available", expired_at: "1969-01-01T00:00:00Z" }] }),
        nth(2, {
          children: [
            { id: "b", status: "available", replication_records: [{ destination_region: "south", status: "fail" }] }
          ]
        }),
        nth(3, { children: [{ id: "c", status: "available", expired_at: "2099-01-01T00:00:00Z" }] })
      ]),
      Effect.gen(function* () {
        const { resources } = read(yield* asked)
        const states = Object.fromEntries(resources.map(({ id, strip }) => [id, strip.states]))
        assert.deepStrictEqual(states, { "server-1": "x", "server-2": "d", "server-3": "w" })
      })
    )
  )

  it.effect("is made once for a state of the list, however many ask, and costs no call", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(50))
      yield* withFleets(
        cloud,
        Effect.gen(function* () {
          const first = yield* asked
          const calls = cloud.calls()
          const again = yield* Effect.forEach(Array.from({ length: 100 }), () => asked)
          for (const each of again) assert.strictEqual(each.body, first.body)
          assert.strictEqual(cloud.calls(), calls)
        })
      )
    })
  )

  it.effect("shows what the poller has learnt since, with copies to other regions", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(14))
      yield* withFleets(
        cloud,
        Effect.gen(function* () {
          const before = yield* asked
          const copied = { replication_records: [{ destination_region: "cn-south-1", status: "success" }] }
          cloud.put(nth(3, copied), nth(20, { status: "error", resource_size: 40 }))
          yield* TestClock.adjust("40 seconds")
          const after = yield* asked
          assert.notStrictEqual(after.etag, before.etag)
          const stripOf = (id: string) => read(after).resources.find((resource) => resource.id === id)!.strip
          assert.strictEqual(stripOf("server-3").replicated, "01")
          assert.strictEqual(stripOf("server-6").states, "fww")
          assert.strictEqual(read(after).resources.find(({ id }) => id === "server-6")!.size, 40)
        })
      )
    })
  )

  it.effect("says that it is incomplete where the list could not be read to its end in time", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(1_500))
      cloud.failure = ({ offset = 0 }) =>
        offset > 0 ? new PermissionDenied({ detail: { code: "other", message: "no" }, status_code: 403 }) : undefined
      yield* withFleets(
        cloud,
        Effect.gen(function* () {
          const { incomplete, resources } = read(yield* asked)
          assert.isTrue(incomplete)
          assert.lengthOf(resources, 7)
        })
      )
    })
  )

  it.effect(
    "says in an outage that it may be out of date, and when the list was last read, until it is read again",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Date.UTC(2026, 0, 2))
        const cloud = new ListCloud(many(50))
        yield* withFleets(
          cloud,
          Effect.gen(function* () {
            const whole = read(yield* asked)
            // A reader stays, so that the list is followed on.
            yield* (yield* FleetDigests).of(project_id, "reader", 10_000)
            assert.deepStrictEqual([whole.incomplete, whole.read_at], [false, Date.UTC(2026, 0, 2) / 1000])
            cloud.failure = () => new PermissionDenied({ detail: { code: "other", message: "no" }, status_code: 403 })
            yield* TestClock.adjust("50 seconds")
            const outage = read(yield* asked)
            assert.isTrue(outage.incomplete)
            yield* TestClock.adjust("5 minutes")
            const later = read(yield* asked)
            assert.deepStrictEqual([later.incomplete, later.read_at], [true, outage.read_at])
            assert.isBelow(later.read_at, whole.read_at + 50)
            assert.deepStrictEqual(later.resources, whole.resources)
            cloud.failure = undefined
            yield* TestClock.adjust("10 minutes")
            const again = read(yield* asked)
            assert.isFalse(again.incomplete)
            assert.isAbove(again.read_at, whole.read_at + 350)
          })
        )
      })
  )

  it.effect("waits for no more than the end of a list that contradicts itself", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(2_500))
      cloud.ignores.add("offset")
      yield* withFleets(
        cloud,
        Effect.gen(function* () {
          const { incomplete, resources } = read(yield* asked)
          assert.isTrue(incomplete)
          assert.lengthOf(resources, 7)
        })
      )
    })
  )

  it.effect("fails as the cloud does where nothing of the list is known", () =>
    Effect.gen(function* () {
      const cloud = new ListCloud(many(5))
      cloud.failure = () => new PermissionDenied({ detail: { code: "other", message: "no" }, status_code: 403 })
      const error = yield* Effect.flip(withFleets(cloud, asked))
      assert.strictEqual(error._tag, "PermissionDenied")
    })
  )

  it.effect("is made anew within a minute, since an expiry may pass meanwhile", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 2))
      const cloud = new ListCloud([nth(1, { expired_at: "2026-01-02T00:00:30Z" })])
      yield* withFleets(
        cloud,
        Effect.gen(function* () {
          assert.strictEqual(read(yield* asked).resources[0]!.strip.states, "w")
          yield* TestClock.adjust("61 seconds")
          assert.strictEqual(read(yield* asked).resources[0]!.strip.states, "x")
        })
      )
    })
  )

  it.effect("compresses to the same", () =>
    withFleets(
      new ListCloud(many(50)),
      Effect.gen(function* () {
        const { body, compressed } = yield* asked
        assert.isTrue(gunzipSync(yield* compressed).equals(body))
      })
    )
  )
})
