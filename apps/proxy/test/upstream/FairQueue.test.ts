import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { makeFairQueue } from "../../src/upstream/FairQueue.ts"

const limits = { upstream_calls: 2, queue: 4, queue_wait_ms: 500 }

/** A queue whose calls stay under way until they are let go, in the order in which they started. */
const makeTraffic = (given = limits) => {
  const queue = makeFairQueue(given)
  const started: Array<string> = []
  const gates: Array<Deferred.Deferred<void>> = []
  const enter = (caller_id: string, name = caller_id) =>
    queue
      .enter(
        caller_id,
        Effect.suspend(() => {
          const gate = Deferred.makeUnsafe<void>()
          gates.push(gate)
          started.push(name)
          return Effect.as(Deferred.await(gate), name)
        })
      )
      .pipe(
        Effect.catchTag("ProxyError", ({ headers, reason }) => Effect.succeed(`${reason} ${headers?.["retry-after"]}`)),
        Effect.forkChild({ startImmediately: true })
      )
  const release = Effect.gen(function* () {
    Deferred.doneUnsafe(gates.shift()!, Effect.void)
    for (let turn = 0; turn < 10; turn++) yield* Effect.yieldNow
  })
  return { enter, release, started }
}

describe("FairQueue", () => {
  it.effect("no more calls are under way than allowed, and the next starts when one ends", () =>
    Effect.gen(function* () {
      const { enter, release, started } = makeTraffic()
      for (const name of ["1", "2", "3"]) yield* enter("a", name)
      assert.deepStrictEqual(started, ["1", "2"])
      yield* release
      assert.deepStrictEqual(started, ["1", "2", "3"])
    })
  )

  it.effect("a caller that waits with one call has its turn before another's second call", () =>
    Effect.gen(function* () {
      const { enter, release, started } = makeTraffic()
      for (const name of ["a1", "a2", "a3", "a4", "a5"]) yield* enter("a", name)
      yield* enter("b", "b1")
      yield* release
      yield* release
      assert.includeMembers(started.slice(2), ["a3", "b1"])
    })
  )

  it.effect("a call that waits for half a second is refused, with when to come back, and never made", () =>
    Effect.gen(function* () {
      const { enter, release, started } = makeTraffic()
      yield* enter("a", "1")
      yield* enter("a", "2")
      const late = yield* enter("a", "3")
      yield* TestClock.adjust("499 millis")
      assert.isUndefined(late.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(late), "Overloaded 1")
      yield* release
      assert.deepStrictEqual(started, ["1", "2"])
    })
  )

  it.effect("the wait ends when the call starts, however long that takes", () =>
    Effect.gen(function* () {
      const { enter, release } = makeTraffic()
      yield* enter("a", "1")
      yield* enter("a", "2")
      const third = yield* enter("a", "3")
      yield* release
      yield* TestClock.adjust("10 seconds")
      yield* release
      yield* release
      assert.strictEqual(yield* Fiber.join(third), "3")
    })
  )

  it.effect("a full queue drops the newest call of the caller with the most waiting", () =>
    Effect.gen(function* () {
      const { enter } = makeTraffic()
      yield* enter("a")
      yield* enter("a")
      const waiting = yield* Effect.forEach(["a1", "a2", "a3", "a4"], (name) => enter("a", name))
      const other = yield* enter("b", "b1")
      assert.strictEqual(yield* Fiber.join(waiting[3]!), "Overloaded 1")
      assert.isUndefined(other.pollUnsafe())
      assert.strictEqual(yield* Fiber.join(yield* enter("a", "a5")), "Overloaded 1")
    })
  )

  it.effect("a newcomer pushes out no caller that has no more calls waiting than it would have", () =>
    Effect.gen(function* () {
      const { enter } = makeTraffic({ ...limits, upstream_calls: 1, queue: 2 })
      yield* enter("a")
      const waiting = [yield* enter("b", "b1"), yield* enter("c", "c1")]
      assert.strictEqual(yield* Fiber.join(yield* enter("d", "d1")), "Overloaded 1")
      for (const each of waiting) assert.isUndefined(each.pollUnsafe())
    })
  )

  it.effect("a caller whose calls all hang leaves a quarter to others", () =>
    Effect.gen(function* () {
      const { enter, started } = makeTraffic({ ...limits, upstream_calls: 8, queue: 100 })
      for (let n = 0; n < 20; n++) yield* enter("a")
      assert.lengthOf(started, 6)
      yield* enter("b")
      yield* enter("c")
      assert.deepStrictEqual(started.slice(6), ["b", "c"])
    })
  )

  it.effect("a caller that leaves the queue frees its place", () =>
    Effect.gen(function* () {
      const { enter, release, started } = makeTraffic({ ...limits, upstream_calls: 1, queue: 1 })
      yield* enter("a", "1")
      yield* Fiber.interrupt(yield* enter("a", "2"))
      yield* enter("a", "3")
      yield* release
      assert.deepStrictEqual(started, ["1", "3"])
      yield* release
      yield* enter("a", "4")
      assert.deepStrictEqual(started, ["1", "3", "4"])
    })
  )
})
