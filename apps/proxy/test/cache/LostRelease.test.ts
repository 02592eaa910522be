import { TimedOut } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { type FetchLeaseResult, SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { nextLoopTick } from "../../src/server/Drain.ts"
import { Store } from "../../src/store/Store.ts"
import { makeLossyStore } from "../store/LossyStore.ts"
import { responseOf } from "./backupOf.ts"

const replicaOn = (store: Store["Service"]) =>
  SharedAnswers.layer.pipe(
    Layer.provide([Layer.succeed(Store, store), NodeCrypto.layerSecureRandom]),
    Layer.build,
    Effect.map(Context.get(SharedAnswers))
  )

/** Lets time pass in steps, so that each timer's fiber goes on before the next. */
const pass = Effect.fnUntraced(function* (milliseconds: number) {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    yield* nextLoopTick
    yield* TestClock.adjust(50)
  }
  yield* nextLoopTick
})

const answered = { answer: Result.succeed(responseOf({ status: "available" })), wasLeaving: false }
const error = new TimedOut({ detail: { code: "no-answer-for-caller", milliseconds: 1 }, limit: "call" })

const ends: ReadonlyArray<readonly [string, FetchLeaseResult]> = [
  ["an answer", { _tag: "Answered", answered, milliseconds: 60_000 }],
  ["a failure", { _tag: "Failed", error, isLast: false }],
  ["nothing", { _tag: "Withdrawn" }]
]

describe("a lease whose end the store did not take", () => {
  it.effect.each(ends)("passes to the replica that waits, as the store is there again: %s", ([, end]) =>
    Effect.gen(function* () {
      const { faults, store } = yield* makeLossyStore
      const one = yield* replicaOn(store)
      const other = yield* replicaOn(store)
      const lease = yield* one.acquire("key", undefined)
      if (lease._tag !== "Granted") return assert.fail(lease._tag)
      faults.losesWrites = true
      yield* lease.release(end)
      yield* pass(400)
      faults.losesWrites = false
      const waiting = yield* Effect.forkChild(other.acquire("key", undefined), { startImmediately: true })
      yield* pass(1_300)
      assert.strictEqual(waiting.pollUnsafe()?._tag, "Success")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Granted")
    }).pipe(Effect.scoped)
  )
})
