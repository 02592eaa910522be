import { BackupNotFound } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { End, Stay } from "../../src/live/Attendance.ts"
import { backupTelling, type BackupTellingOptions } from "../../src/live/BackupTelling.ts"
import { eventStream } from "../../src/live/EventStream.ts"
import { makeNewest } from "../../src/live/Newest.ts"
import { after, unseen } from "../../src/live/Standing.ts"
import { beginning } from "../../src/live/WatchEvents.ts"
import { Refusal } from "../../src/problems/Refusal.ts"
import { entryOf } from "./entryOf.ts"
import { eventsIn } from "./Frames.ts"

const standingOf = (status: string) => after(unseen, Result.succeed(entryOf({ status })))

/** Somebody who stays for as long as the test likes. */
const makeStay = Effect.map(Clock.Clock, (clock) => {
  const beat = 15_000
  let end: End | undefined
  let toldAt = clock.currentTimeMillisUnsafe()
  let listener: (() => void) | undefined
  const stay: Stay = {
    end: () => end,
    isBeatDue: () => clock.currentTimeMillisUnsafe() - toldAt >= beat,
    told: () => void (toldAt = clock.currentTimeMillisUnsafe()),
    onCall: (next) => void (listener = next)
  }
  return {
    stay,
    call: Effect.andThen(
      Effect.sync(() => listener?.()),
      TestClock.adjust(0)
    ),
    sendAway: (why: End) => Effect.sync(() => void (end = why))
  }
})

/** A stream that is read as fast as it comes, over a backup that the test changes. */
const open = Effect.fnUntraced(function* (options: Partial<BackupTellingOptions & { readonly stay: Stay }> = {}) {
  const first = standingOf("restoring")
  const newest = makeNewest(first)
  const { call, sendAway, stay } = yield* makeStay
  const stream = yield* eventStream({
    telling: backupTelling({ newest, first, told: beginning(undefined), proxy_request_id: "id", ...options }),
    stay: options.stay ?? stay,
    proxy_request_id: "id"
  })
  const chunks: Array<Uint8Array> = []
  const fiber = yield* Effect.forkChild(
    Stream.runForEach(stream, (chunk) => Effect.sync(() => chunks.push(chunk))),
    { startImmediately: true }
  )
  yield* TestClock.adjust(0)
  return {
    fiber,
    call,
    sendAway: (why: End) => Effect.andThen(sendAway(why), call),
    text: () => Buffer.concat(chunks).toString(),
    names: () => eventsIn(...chunks).map(({ event }) => event),
    last: () => eventsIn(...chunks).at(-1)!,
    see: (status: string) =>
      Effect.andThen(
        Effect.sync(() => newest.put(after(newest.current(), Result.succeed(entryOf({ status }))))),
        TestClock.adjust(0)
      ),
    lose: Effect.andThen(
      Effect.sync(() =>
        newest.put(
          after(newest.current(), Result.fail(new BackupNotFound({ detail: { code: "other", message: "gone" } })))
        )
      ),
      TestClock.adjust(0)
    )
  }
})

describe("a stream of events", () => {
  it.effect(
    "begins with how long to wait before it is opened anew, and the state; ends when the backup is deleted",
    () =>
      Effect.gen(function* () {
        const { fiber, lose, names, see, text } = yield* open()
        assert.isTrue(text().startsWith("retry: 3000\n\nid: "))
        yield* see("available")
        yield* lose
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(names(), ["snapshot", "stable", "deleted"])
      }).pipe(Effect.scoped)
  )

  it.effect("says at once that it gets through, and after 15 s of silence that it lives", () =>
    Effect.gen(function* () {
      const { call, see, text } = yield* open({ told: beginning(entryOf({ status: "restoring" }).identity.etag) })
      const start = "retry: 3000\n\n:\n\n"
      assert.strictEqual(text(), start)
      yield* TestClock.adjust("14999 millis")
      yield* call
      assert.strictEqual(text(), start)
      yield* TestClock.adjust("1 millis")
      yield* call
      assert.strictEqual(text(), `${start}:\n\n`)
      yield* see("available")
      const then = text()
      yield* TestClock.adjust("14 seconds")
      yield* call
      assert.strictEqual(text(), then)
      yield* TestClock.adjust("1 second")
      yield* call
      assert.strictEqual(text(), `${then}:\n\n`)
    }).pipe(Effect.scoped)
  )

  it.effect("is to be opened anew when its reader has to go, and ends with the problem when the right to it does", () =>
    Effect.gen(function* () {
      for (const reason of ["age", "draining"] as const) {
        const { fiber, last, sendAway } = yield* open()
        yield* sendAway(reason)
        yield* Fiber.join(fiber)
        assert.deepInclude(last(), { event: "rotate", data: `{"reason":"${reason}"}` })
      }
      const denied = yield* open()
      yield* denied.sendAway(new Refusal({ reason: "Forbidden", message: "not any more" }))
      yield* Fiber.join(denied.fiber)
      assert.deepInclude(JSON.parse(denied.last().data), {
        status: 403,
        detail: "not any more",
        instance: "urn:uuid:id"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("tells of a last change before it ends", () =>
    Effect.gen(function* () {
      const { stay, sendAway } = yield* makeStay
      const { fiber, names, see } = yield* open({ stay })
      yield* sendAway("draining")
      yield* see("available")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(names(), ["snapshot", "stable", "rotate"])
    }).pipe(Effect.scoped)
  )

  it.effect("tells of no change that a slow reader comes to read after it has lost the right to it", () =>
    Effect.gen(function* () {
      const first = standingOf("restoring")
      const newest = makeNewest(first)
      const { sendAway, stay } = yield* makeStay
      const read: Array<Uint8Array> = []
      const telling = backupTelling({ newest, first, told: beginning(undefined), proxy_request_id: "id" })
      const stream = yield* eventStream({ telling, stay, proxy_request_id: "id" })
      const fiber = yield* Effect.forkChild(
        Stream.runForEach(stream, (chunk) =>
          Effect.andThen(
            Effect.sync(() => read.push(chunk)),
            Effect.sleep("1 minute")
          )
        ),
        { startImmediately: true }
      )
      yield* TestClock.adjust("1 second")
      yield* sendAway(new Refusal({ reason: "Forbidden", message: "not any more" }))
      newest.put(standingOf("available"))
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(fiber)
      const names = eventsIn(...read).map(({ event }) => event)
      assert.deepStrictEqual(names, ["snapshot", "problem"])
    }).pipe(Effect.scoped)
  )

  it.effect("is written no faster than it is read, and then tells the newest", () =>
    Effect.gen(function* () {
      const first = standingOf("restoring")
      const newest = makeNewest(first)
      const read: Array<Uint8Array> = []
      const telling = backupTelling({ newest, first, told: beginning(undefined), proxy_request_id: "id" })
      const stream = yield* eventStream({ telling, stay: (yield* makeStay).stay, proxy_request_id: "id" })
      yield* Effect.forkChild(
        Stream.runForEach(stream, (chunk) =>
          Effect.andThen(
            Effect.sync(() => read.push(chunk)),
            Effect.sleep("1 minute")
          )
        ),
        { startImmediately: true }
      )
      for (let n = 0; n < 50; n++) {
        yield* TestClock.adjust("1 second")
        newest.put(after(newest.current(), Result.succeed(entryOf({ status: "restoring", n }))))
      }
      assert.strictEqual(read.length, 1)
      yield* TestClock.adjust("10 seconds")
      const told = eventsIn(...read).map(({ data }) => (JSON.parse(data) as { backup: { n?: number } }).backup.n)
      assert.deepStrictEqual(told, [undefined, 49])
    }).pipe(Effect.scoped)
  )
})
