import { changes, Observations, PollingPolicy, defaultPollingPolicy, type Observation } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule, Stream } from "effect"
import { TestClock } from "effect/testing"
import { inMemory } from "../InMemoryTransport.ts"
import { clientLayer, request } from "../TestClient.ts"
import { answer, failure, gaps, inTurn, notFound, responseOf, runFor, success } from "./WatchedBackup.ts"

type Transport = ReturnType<typeof inMemory>

const watch = (transport: Transport, onObservation?: (observation: Observation) => Effect.Effect<void>) =>
  Stream.provide(changes(request, { onObservation }), clientLayer({ http: transport.layer, policy: { retries: 0 } }))

const statuses = (transport: Transport) =>
  Stream.runCollect(Stream.map(watch(transport), ({ backup }) => backup.status))

const life = ["waiting_protect", "protecting", "protecting", "available", "deleting"].map((status) =>
  answer({ status })
)

describe("changes", () => {
  it.effect("gives the backup as it stands, and again whenever it differs, and ends when it is deleted", () =>
    Effect.gen(function* () {
      const transport = inTurn(life[0]!, ...life.slice(1), notFound)
      assert.deepStrictEqual(yield* success(statuses(transport)), [
        "waiting_protect",
        "protecting",
        "available",
        "deleting"
      ])
      assert.strictEqual(transport.sent.length, 6)
    })
  )

  it.effect("looks at once, and then within the pace of the policy", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "protecting" }))
      yield* runFor("2 minutes", statuses(transport))
      assert.strictEqual(transport.sent[0]!.at, 0)
      const middles = [2, 3, 4.5, 6.75, 10.125, 15, 15]
      gaps(transport.sent)
        .slice(0, middles.length)
        .forEach((gap, index) => {
          assert.isAtLeast(gap, middles[index]! * 0.75 - 0.001)
          assert.isAtMost(gap, middles[index]! * 1.25 + 0.001)
        })
      assert.isAbove(transport.sent.length, middles.length)
    })
  )

  it.effect("another order of a list, another spelling of a time or white space is no change", () =>
    Effect.gen(function* () {
      const children = [
        { id: "a", status: "available" },
        { id: "b", status: "protecting" }
      ]
      const same = [
        answer({ status: "protecting", created_at: "2020-02-05T10:38:34.000000", children }),
        answer({ children: [...children].reverse(), created_at: "2020-02-05T10:38:34Z", status: "protecting" }),
        {
          status: 200,
          body: JSON.stringify(
            { backup: { status: "protecting", created_at: "2020-02-05T10:38:34", children } },
            null,
            2
          )
        }
      ] as const
      const transport = inTurn(...same, answer({ status: "available" }), notFound)
      assert.deepStrictEqual(yield* success(statuses(transport)), ["protecting", "available"])
    })
  )

  it.effect("a change deep inside is a change", () =>
    Effect.gen(function* () {
      const at = (progress: number) => answer({ replication_records: [{ id: "r", extra_info: { progress } }] })
      const transport = inTurn(at(10), at(10), at(20), notFound)
      assert.strictEqual((yield* success(statuses(transport))).length, 2)
    })
  )

  it.effect("a backup that was never there is BackupNotFound, after one request", () =>
    Effect.gen(function* () {
      const transport = inTurn(notFound)
      const error = yield* failure(statuses(transport))
      assert.strictEqual(error._tag, "BackupNotFound")
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  for (const status of [429, 500, 502, 503, 504]) {
    it.effect(`nine answers of ${status} in a row are survived, over and over`, () =>
      Effect.gen(function* () {
        const failures = Array.from({ length: 9 }, () => ({ status }))
        const transport = inTurn(
          ...([...failures, answer({ status: "protecting" })] as const as readonly [{ status: 429 }]),
          ...failures,
          answer({ status: "available" }),
          notFound
        )
        assert.deepStrictEqual(yield* success(statuses(transport)), ["protecting", "available"])
      })
    )
  }

  it.effect("the tenth failure in a row ends it, with that failure", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "protecting" }), { status: 503, headers: { "x-request-id": "r" } })
      const error = yield* failure(statuses(transport))
      assert.deepInclude({ ...error }, { _tag: "ServiceUnavailable", request_id: "r" })
      assert.strictEqual(transport.sent.length, 11)
    })
  )

  for (const status of [401, 403, 400, 302]) {
    it.effect(`an answer of ${status} ends it at once`, () =>
      Effect.gen(function* () {
        const transport = inTurn(answer({ status: "protecting" }), { status })
        const error = yield* failure(statuses(transport))
        assert.strictEqual(error.status_code, status)
        assert.strictEqual(transport.sent.length, 2)
      })
    )
  }

  it.effect("the hook is told of each look as it is made", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const transport = inTurn(
        answer({ status: "protecting" }),
        answer({ status: "protecting" }),
        { status: 503 },
        { status: 503 },
        notFound
      )
      yield* success(
        Stream.runDrain(
          watch(transport, (observation) =>
            Effect.sync(() => {
              told.push(
                observation._tag +
                  (observation._tag === "Seen"
                    ? observation.differs
                    : observation._tag === "Missed"
                      ? observation.inARow
                      : "")
              )
            })
          )
        )
      )
      assert.deepStrictEqual(told, ["Seentrue", "Seenfalse", "Missed1", "Missed2", "Gone"])
    })
  )

  it.effect("a Retry-After later than the pace is waited for", () =>
    Effect.gen(function* () {
      const transport = inTurn(
        answer({ status: "protecting" }),
        { status: 429, headers: { "retry-after": "100" } },
        notFound
      )
      yield* success(statuses(transport))
      assert.strictEqual(gaps(transport.sent)[1], 100)
    })
  )

  it.effect("nothing is asked before the reader asks, and no more than the reader asks for", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "protecting" }), answer({ status: "available" }))
      const stream = watch(transport)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(transport.sent.length, 0)
      yield* success(Stream.runDrain(Stream.take(stream, 1)))
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("interrupting it interrupts the request under way", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => Effect.never)
      const fiber = yield* Effect.forkChild(Stream.runDrain(watch(transport)))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(transport.interrupted, [0])
    })
  )

  it.effect("a policy with another schedule paces it, and a schedule that ends, ends it", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "protecting" }))
      const schedule = Schedule.spaced("7 seconds").pipe(Schedule.upTo({ times: 3 }))
      yield* success(
        statuses(transport).pipe(Effect.provideService(PollingPolicy, { ...defaultPollingPolicy, schedule }))
      )
      assert.deepStrictEqual(gaps(transport.sent), [7, 7, 7])
    })
  )

  it.effect("another source of observations takes the place of polling", () =>
    Effect.gen(function* () {
      const transport = inMemory(() => notFound)
      const pushed = (status: string): Observation => ({
        _tag: "Seen",
        response: responseOf({ status }),
        differs: true,
        wasLeaving: false
      })
      const found = yield* statuses(transport).pipe(
        Effect.provideService(Observations, () => Stream.make(pushed("restoring"), pushed("available")))
      )
      assert.deepStrictEqual(found, ["restoring", "available"])
      assert.strictEqual(transport.sent.length, 0)
    })
  )
})
