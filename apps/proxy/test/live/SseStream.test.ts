import { BackupNotFound } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { backupFeed, type BackupFeedOptions } from "../../src/live/BackupFeed.ts"
import { makeLatestValue } from "../../src/live/LatestValue.ts"
import { sseStream } from "../../src/live/SseStream.ts"
import type { SubscriptionEnd, Subscription } from "../../src/live/Subscriptions.ts"
import { nextWatchState, initialWatchState } from "../../src/live/WatchState.ts"
import { ProxyError } from "../../src/problems/ProxyError.ts"
import { entryOf } from "./entryOf.ts"
import { eventsIn } from "./Frames.ts"

const standingOf = (status: string) => nextWatchState(initialWatchState, Result.succeed(entryOf({ status })))

/** A subscriber that stays for as long as the test likes. */
const makeStay = Effect.map(Clock.Clock, (clock) => {
  const beat = 15_000
  let end: SubscriptionEnd | undefined
  let toldAt = clock.currentTimeMillisUnsafe()
  let listener: (() => void) | undefined
  const subscription: Subscription = {
    end: () => end,
    isHeartbeatDue: () => clock.currentTimeMillisUnsafe() - toldAt >= beat,
    touch: () => void (toldAt = clock.currentTimeMillisUnsafe()),
    onWake: (next) => {
      listener = next
      return () => void (listener = undefined)
    }
  }
  return {
    subscription,
    call: Effect.andThen(
      Effect.sync(() => listener?.()),
      TestClock.adjust(0)
    ),
    sendAway: (why: SubscriptionEnd) => Effect.sync(() => void (end = why))
  }
})

/** A stream that is read as fast as it comes, over a backup that the test changes. */
const open = Effect.fnUntraced(function* (
  options: Partial<BackupFeedOptions & { readonly subscription: Subscription }> = {}
) {
  const latest = makeLatestValue(standingOf("restoring"))
  const { call, sendAway, subscription } = yield* makeStay
  const stream = yield* sseStream({
    feed: backupFeed({ latest, lastEventId: undefined, proxy_request_id: "id", ...options }),
    subscription: options.subscription ?? subscription,
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
    sendAway: (why: SubscriptionEnd) => Effect.andThen(sendAway(why), call),
    text: () => Buffer.concat(chunks).toString(),
    names: () => eventsIn(...chunks).map(({ event }) => event),
    last: () => eventsIn(...chunks).at(-1)!,
    see: (status: string) =>
      Effect.andThen(
        Effect.sync(() => latest.put(nextWatchState(latest.current(), Result.succeed(entryOf({ status }))))),
        TestClock.adjust(0)
      ),
    lose: Effect.andThen(
      Effect.sync(() =>
        latest.put(
          nextWatchState(
            latest.current(),
            Result.fail(new BackupNotFound({ detail: { code: "other", message: "gone" } }))
          )
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
        assert.isTrue(text().startsWith("retry: 3000\n\nevent: snapshot\n"))
        yield* see("available")
        yield* lose
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(names(), ["snapshot", "stable", "deleted"])
      }).pipe(Effect.scoped)
  )

  it.effect("says at once that it gets through, and after 15 s of silence that it lives", () =>
    Effect.gen(function* () {
      const { call, see, text } = yield* open({ lastEventId: entryOf({ status: "restoring" }).identity.etag })
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
      yield* denied.sendAway(new ProxyError({ reason: "Forbidden", message: "not any more" }))
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
      const { subscription, sendAway } = yield* makeStay
      const { fiber, names, see } = yield* open({ subscription })
      yield* sendAway("draining")
      yield* see("available")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(names(), ["snapshot", "stable", "rotate"])
    }).pipe(Effect.scoped)
  )

  it.effect("tells of no change that a slow reader comes to read after it has lost the right to it", () =>
    Effect.gen(function* () {
      const latest = makeLatestValue(standingOf("restoring"))
      const { sendAway, subscription } = yield* makeStay
      const read: Array<Uint8Array> = []
      const feed = backupFeed({ latest, lastEventId: undefined, proxy_request_id: "id" })
      const stream = yield* sseStream({ feed, subscription, proxy_request_id: "id" })
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
      yield* sendAway(new ProxyError({ reason: "Forbidden", message: "not any more" }))
      latest.put(standingOf("available"))
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(fiber)
      const names = eventsIn(...read).map(({ event }) => event)
      assert.deepStrictEqual(names, ["snapshot", "problem"])
    }).pipe(Effect.scoped)
  )

  it.effect("is written no faster than it is read, and then tells the latest", () =>
    Effect.gen(function* () {
      const latest = makeLatestValue(standingOf("restoring"))
      const read: Array<Uint8Array> = []
      const feed = backupFeed({ latest, lastEventId: undefined, proxy_request_id: "id" })
      const stream = yield* sseStream({ feed, subscription: (yield* makeStay).subscription, proxy_request_id: "id" })
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
        latest.put(nextWatchState(latest.current(), Result.succeed(entryOf({ status: "restoring", n }))))
      }
      assert.strictEqual(read.length, 1)
      yield* TestClock.adjust("10 seconds")
      const cursor = eventsIn(...read).map(({ data }) => (JSON.parse(data) as { backup: { n?: number } }).backup.n)
      assert.deepStrictEqual(cursor, [undefined, 49])
    }).pipe(Effect.scoped)
  )
})
