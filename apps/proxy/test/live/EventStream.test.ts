import { BackupNotFound } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Random, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Refusal } from "../../src/edge/Refusal.ts"
import { eventStream, type EventStreamOptions } from "../../src/live/EventStream.ts"
import { makeNewest } from "../../src/live/Newest.ts"
import { after, unseen } from "../../src/live/Standing.ts"
import { beginning } from "../../src/live/WatchEvents.ts"
import { entryOf } from "./entryOf.ts"
import { eventsIn } from "./Frames.ts"

const standingOf = (status: string) => after(unseen, Result.succeed(entryOf({ status })))

/** A stream that is read as fast as it comes, over a backup that the test changes. */
const open = Effect.fnUntraced(function* (options: Partial<EventStreamOptions> = {}) {
  const first = standingOf("restoring")
  const newest = makeNewest(first)
  const stream = yield* eventStream({
    newest,
    first,
    told: beginning(undefined),
    denied: Effect.never,
    leaving: Effect.never,
    proxy_request_id: "id",
    ...options
  })
  const chunks: Array<Uint8Array> = []
  const fiber = yield* Effect.forkChild(
    Stream.runForEach(stream, (chunk) => Effect.sync(() => chunks.push(chunk))),
    { startImmediately: true }
  )
  yield* TestClock.adjust(0)
  return {
    fiber,
    text: () => Buffer.concat(chunks).toString(),
    names: () => eventsIn(...chunks).map(({ event }) => event),
    last: () => eventsIn(...chunks).at(-1)!,
    see: (status: string) =>
      Effect.andThen(newest.put(after(newest.current(), Result.succeed(entryOf({ status })))), TestClock.adjust(0)),
    lose: Effect.andThen(
      newest.put(after(newest.current(), Result.fail(new BackupNotFound({ message: "gone" })))),
      TestClock.adjust(0)
    )
  }
})

const early = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })

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
      const { see, text } = yield* open({ told: beginning(entryOf({ status: "restoring" }).identity.etag) })
      const start = "retry: 3000\n\n:\n\n"
      assert.strictEqual(text(), start)
      yield* TestClock.adjust("14999 millis")
      assert.strictEqual(text(), start)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(text(), `${start}:\n\n`)
      yield* see("available")
      const then = text()
      yield* TestClock.adjust("14 seconds")
      assert.strictEqual(text(), then)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(text(), `${then}:\n\n`)
    }).pipe(Effect.scoped)
  )

  it.effect("is to be opened anew after a quarter of an hour", () =>
    Effect.gen(function* () {
      const { fiber, last, names } = yield* open()
      yield* TestClock.adjust("899 seconds")
      assert.deepStrictEqual(names(), ["snapshot"])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepInclude(last(), { event: "rotate", data: '{"reason":"age"}' })
    }).pipe(Effect.scoped, early)
  )

  it.effect("is to be opened anew when the proxy leaves, and ends with the problem when the right to it does", () =>
    Effect.gen(function* () {
      const leaving = yield* open({ leaving: Effect.sleep("5 seconds") })
      const refusal = new Refusal({ reason: "Forbidden", message: "not any more" })
      const denied = yield* open({ denied: Effect.as(Effect.sleep("5 seconds"), refusal) })
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(leaving.fiber)
      yield* Fiber.join(denied.fiber)
      assert.deepInclude(leaving.last(), { event: "rotate", data: '{"reason":"draining"}' })
      assert.deepInclude(JSON.parse(denied.last().data), {
        status: 403,
        detail: "not any more",
        instance: "urn:uuid:id"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("is written no faster than it is read, and then tells the newest", () =>
    Effect.gen(function* () {
      const first = standingOf("restoring")
      const newest = makeNewest(first)
      const read: Array<Uint8Array> = []
      const stream = yield* eventStream({
        newest,
        first,
        told: beginning(undefined),
        denied: Effect.never,
        leaving: Effect.never,
        proxy_request_id: "id"
      })
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
        yield* newest.put(after(newest.current(), Result.succeed(entryOf({ status: "restoring", n }))))
      }
      assert.strictEqual(read.length, 1)
      yield* TestClock.adjust("10 seconds")
      const told = eventsIn(...read).map(({ data }) => (JSON.parse(data) as { backup: { n?: number } }).backup.n)
      assert.deepStrictEqual(told, [undefined, 49])
    }).pipe(Effect.scoped)
  )
})
