import {
  ErrorTable,
  PollingPolicy,
  adaptive,
  defaultPollingPolicy,
  waitUntil,
  type WaitOptions,
  WaitCondition
} from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schedule } from "effect"
import { inMemory } from "../InMemoryTransport.ts"
import { clientLayer, request, timedError } from "../TestClient.ts"
import { answer, failure, inTurn, notFound, runFor, success } from "./WatchedBackup.ts"

type Transport = ReturnType<typeof inMemory>

const wait = <const C extends WaitCondition.WaitCondition>(transport: Transport, condition: C, options?: WaitOptions) =>
  Effect.provide(waitUntil(request, condition, options), clientLayer({ http: transport.layer, policy: { retries: 0 } }))

const { deleted, replicated, satisfies, status } = WaitCondition
const available = status("available")

describe("waitUntil", () => {
  it.effect("succeeds with the answer that met the condition", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "protecting" }), answer({ status: "available", name: "nightly" }))
      const response = yield* success(wait(transport, available))
      assert.strictEqual(response.backup.name, "nightly")
      assert.strictEqual(transport.sent.length, 2)
    })
  )

  it.effect("a condition that holds already takes one request and no time", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "available" }))
      const exit = yield* runFor("0 seconds", wait(transport, available))
      assert.strictEqual(exit?._tag, "Success")
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("is told on the same answer, though nothing of it differs: a test of one's own may look at the time", () =>
    Effect.gen(function* () {
      let looks = 0
      const transport = inTurn(answer({ status: "available" }))
      yield* success(
        wait(
          transport,
          satisfies("the third look", () => ++looks === 3)
        )
      )
      assert.strictEqual(transport.sent.length, 3)
    })
  )

  it.effect("fails at once when the condition can no longer come true", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "protecting" }), {
        ...answer({ status: "error" }),
        headers: { "x-request-id": "the-answer-that-decided" }
      })
      const error = yield* failure(wait(transport, available))
      assert.deepStrictEqual<object>(
        { ...error, message: error.message },
        {
          _tag: "ConditionImpossible",
          message: "status=available can no longer come true: the status is error",
          detail: {
            code: "condition-impossible",
            condition: "status=available",
            reason: { code: "status-is", status: "error" }
          },
          request_id: "the-answer-that-decided"
        }
      )
      assert.strictEqual(transport.sent.length, 2)
      assert.strictEqual(ErrorTable[error._tag].exitCode, 9)
    })
  )

  it.effect("without failing fast it waits on, and a backup that recovers is a success", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "error" }), answer({ status: "available" }))
      yield* success(wait(transport, available, { failFast: false }))
      assert.strictEqual(transport.sent.length, 2)
    })
  )

  it.effect("without failing fast, a backup that is gone still ends it", () =>
    Effect.gen(function* () {
      const transport = inTurn(answer({ status: "deleting" }), notFound)
      const error = yield* failure(wait(transport, available, { failFast: false }))
      assert.strictEqual(error._tag, "ConditionImpossible")
      assert.match(error.message, /the backup is gone/)
    })
  )

  it.effect("a 404 after the backup was seen is impossible, the first one is not found", () =>
    Effect.gen(function* () {
      const later = yield* failure(wait(inTurn(answer({ status: "available" }), notFound), replicated("cn-south-1")))
      assert.deepInclude({ ...later }, { _tag: "ConditionImpossible", request_id: "request-of-404" })
      const first = yield* failure(wait(inTurn(notFound), available))
      assert.deepInclude({ ...first }, { _tag: "BackupNotFound", request_id: "request-of-404" })
    })
  )

  it.effect("a backup that is not there yet is waited for where that is asked, and the first look tells why", () =>
    Effect.gen(function* () {
      const replica = inTurn(notFound, notFound, answer({ status: "protecting" }), answer({ status: "available" }))
      const seen = yield* success(wait(replica, available, { untilExists: true }))
      assert.strictEqual(seen.backup.status, "available")
      assert.strictEqual(replica.sent.length, 4)
      const exists = yield* success(wait(inTurn(notFound, answer({ status: "error" })), WaitCondition.exists))
      assert.strictEqual(exists.backup.status, "error")
      const late = yield* failure(wait(inTurn(notFound), available, { untilExists: true, timeout: "10 minutes" }))
      assert.strictEqual(late.message, "status=available did not come true within 10m: there is no such backup yet")
      // A deletion is that of a backup that has been there.
      const deletion = inTurn(notFound, answer({ status: "deleting" }), notFound)
      assert.strictEqual((yield* success(wait(deletion, deleted, { untilExists: true })))?.backup.status, "deleting")
      assert.strictEqual(deletion.sent.length, 3)
    })
  )

  it.effect("a deletion succeeds with the backup as it was last seen, or with nothing", () =>
    Effect.gen(function* () {
      const seen = yield* success(
        wait(inTurn(answer({ name: "a" }), answer({ name: "b", status: "deleting" }), notFound), deleted)
      )
      assert.strictEqual(seen?.backup.name, "b")
      assert.isUndefined(yield* success(wait(inTurn(notFound), deleted)))
    })
  )

  it.effect("the timeout is 30 minutes, and tells what was seen last", () =>
    Effect.gen(function* () {
      const transport = inTurn({ ...answer({ status: "pondering" }), headers: { "x-request-id": "last" } })
      const { error, milliseconds } = yield* timedError(wait(transport, available))
      assert.strictEqual(milliseconds, 30 * 60 * 1000)
      assert.deepStrictEqual<object>(
        { ...error, message: error.message },
        {
          _tag: "ConditionTimedOut",
          message: "status=available did not come true within 30m: the status is pondering",
          detail: {
            code: "condition-not-met-within",
            condition: "status=available",
            milliseconds: 1_800_000,
            last: { code: "status-is", status: "pondering" }
          },
          request_id: "last"
        }
      )
      assert.strictEqual(ErrorTable[error._tag].exitCode, 10)
    })
  )

  it.effect("a polling policy whose schedule ends, ends the wait, and tells what was seen last", () =>
    Effect.gen(function* () {
      const transport = inTurn({ ...answer({ status: "protecting" }), headers: { "x-request-id": "last" } })
      const error = yield* failure(
        wait(transport, available).pipe(
          Effect.provideService(PollingPolicy, { ...defaultPollingPolicy, schedule: Schedule.recurs(1) })
        )
      )
      assert.deepStrictEqual<object>(
        { ...error, message: error.message },
        {
          _tag: "ConditionTimedOut",
          message: "status=available did not come true before the looks at the backup ended: the status is protecting",
          detail: {
            code: "condition-not-met-at-end",
            condition: "status=available",
            last: { code: "status-is", status: "protecting" }
          },
          request_id: "last"
        }
      )
      assert.strictEqual(transport.sent.length, 2)
    })
  )

  it.effect("a timeout that is no time is refused before the first look", () =>
    Effect.gen(function* () {
      for (const timeout of [Number.NaN, 0, -5, "5s" as "5 seconds", "0 seconds"] as const) {
        const transport = inTurn(answer({ status: "protecting" }))
        const error = yield* failure(wait(transport, available, { timeout }))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.strictEqual(error.message, "timeout must be a time longer than nothing")
        assert.strictEqual(transport.sent.length, 0)
      }
    })
  )

  it.effect("the timeout cuts a request short, and a wait", () =>
    Effect.gen(function* () {
      const hung = inMemory(() => Effect.never)
      const early = yield* timedError(wait(hung, available, { timeout: "3 seconds" }))
      assert.strictEqual(early.milliseconds, 3000)
      assert.match(early.error.message, /no look at the backup was over by then/)
      assert.deepStrictEqual(hung.interrupted, [0])
      const asleep = yield* timedError(
        wait(inTurn({ status: 429, headers: { "retry-after": "600" } }), available, { timeout: "3 seconds" })
      )
      assert.strictEqual(asleep.milliseconds, 3000)
      assert.match(asleep.error.message, /the last look failed: CBR answered 429/)
    })
  )

  it.effect("survives what passes, and ends at the tenth failure in a row", () =>
    Effect.gen(function* () {
      const passing = inTurn({ status: 503 }, { status: 429 }, answer({ status: "available" }))
      yield* success(wait(passing, available))
      const lasting = inTurn({ status: 503 })
      const error = yield* failure(wait(lasting, available))
      assert.strictEqual(error._tag, "ServiceUnavailable")
      assert.strictEqual(lasting.sent.length, 10)
    })
  )

  it.effect("a refused key ends it at once", () =>
    Effect.gen(function* () {
      const transport = inTurn({ status: 401 })
      assert.strictEqual((yield* failure(wait(transport, available)))._tag, "AuthenticationFailed")
      assert.strictEqual(transport.sent.length, 1)
    })
  )

  it.effect("tells the hook of each look, and goes at the policy's pace", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const onObservation: WaitOptions["onObservation"] = ({ _tag }) => Effect.sync(() => void told.push(_tag))
      const transport = inTurn(answer({ status: "protecting" }), { status: 503 }, answer({ status: "available" }))
      const schedule = adaptive({ shortest: Duration.hours(1), longest: Duration.hours(1) })
      const waiting = wait(transport, available, { onObservation, timeout: "1 day" }).pipe(
        Effect.provideService(PollingPolicy, { ...defaultPollingPolicy, schedule })
      )
      assert.isUndefined(yield* runFor("1 hour", waiting))
      assert.isAtMost(transport.sent.length, 2)
      told.length = 0
      yield* success(
        wait(inTurn(answer({ status: "protecting" }), { status: 503 }, answer({ status: "available" })), available, {
          onObservation
        })
      )
      assert.deepStrictEqual(told, ["Seen", "Missed", "Seen"])
    })
  )
})
