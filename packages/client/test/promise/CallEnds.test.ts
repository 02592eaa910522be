import { getEventListeners } from "node:events"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { abortable, abortableStream } from "../../src/promise/CallEnds.ts"

/** The closing of a client that stays open. */
const open = { calls: new Set<() => void>() }

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length

describe("a signal that outlives what it may abort", () => {
  it.effect("keeps no listener of an effect that is over", () =>
    Effect.gen(function* () {
      const { signal } = new AbortController()
      assert.strictEqual(yield* abortable(Effect.delay(Effect.succeed(1), 0), { signal, closing: open }), 1)
      assert.strictEqual(yield* Effect.flip(abortable(Effect.fail("no"), { signal, closing: open })), "no")
      assert.strictEqual(listeners(signal), 0)
    })
  )

  it.effect("keeps none of an effect that was interrupted", () =>
    Effect.gen(function* () {
      const { signal } = new AbortController()
      const fiber = yield* Effect.forkChild(abortable(Effect.never, { signal, closing: open }), {
        startImmediately: true
      })
      assert.strictEqual(listeners(signal), 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(listeners(signal), 0)
    })
  )

  it.effect("keeps none of a stream, however many elements it gave", () =>
    Effect.gen(function* () {
      const { signal } = new AbortController()
      const stream = Stream.fromIterable([1, 2, 3], { chunkSize: 1 })
      assert.deepStrictEqual(yield* Stream.runCollect(abortableStream(stream, { signal, closing: open })), [1, 2, 3])
      assert.strictEqual(listeners(signal), 0)
    })
  )
})

describe("aborting", () => {
  it.effect("interrupts the effect, and is over when that is", () =>
    Effect.gen(function* () {
      const controller = new AbortController()
      let cleanedUp = false
      const hanging = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (cleanedUp = true)))
      const fiber = yield* Effect.forkChild(
        Effect.flip(abortable(hanging, { signal: controller.signal, closing: open })),
        {
          startImmediately: true
        }
      )
      controller.abort("enough")
      assert.strictEqual(yield* Fiber.join(fiber), "enough")
      assert.isTrue(cleanedUp)
    })
  )
})
