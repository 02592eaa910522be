import { AuthenticationFailed } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { nextLoopTick } from "../../src/server/Drain.ts"
import { makeLeasedValues } from "../../src/store/LeasedValues.ts"
import { Store } from "../../src/store/Store.ts"
import { makeCredentialTrial } from "../../src/upstream/CredentialTrial.ts"
import { makeSharedCredentialStatus } from "../../src/upstream/SharedCredentialStatus.ts"
import { makeLossyStore } from "../store/LossyStore.ts"

const replicaOn = (store: Store["Service"]) =>
  Effect.gen(function* () {
    return makeCredentialTrial(
      yield* makeSharedCredentialStatus(yield* makeLeasedValues("credential"), Effect.succeed("id"))
    )
  }).pipe(Effect.provide(Layer.merge(Layer.succeed(Store, store), NodeCrypto.layerSecureRandom)))

const refusal = new AuthenticationFailed({ detail: { code: "other", message: "no" }, status_code: 401 })

/** What the replica's wish has come to, once so much time has passed. */
const within = Effect.fnUntraced(function* <A>(wish: Effect.Effect<A>, milliseconds: number) {
  const fiber = yield* Effect.forkChild(wish, { startImmediately: true })
  for (let passed = 0; passed < milliseconds; passed += 100) {
    yield* nextLoopTick
    yield* TestClock.adjust(100)
  }
  yield* nextLoopTick
  const exit = fiber.pollUnsafe()
  yield* Fiber.interrupt(fiber)
  return exit
})

describe("what a replica could not tell of a credential", () => {
  it.effect("is told again, so that another replica that waits for it does not wait for a call's whole time", () =>
    Effect.gen(function* () {
      const { faults, store } = yield* makeLossyStore
      const one = yield* replicaOn(store)
      const other = yield* replicaOn(store)
      yield* one.acquire
      faults.losesWrites = true
      yield* one.accepted
      yield* TestClock.adjust(100)
      faults.losesWrites = false
      assert.strictEqual((yield* within(other.acquire, 1_500))?._tag, "Success")
      assert.strictEqual(other.known()?._tag, "Accepted")
    }).pipe(Effect.scoped)
  )

  it.effect("is told under a lease that the store granted and did not tell of", () =>
    Effect.gen(function* () {
      const { faults, store } = yield* makeLossyStore
      const one = yield* replicaOn(store)
      const other = yield* replicaOn(store)
      faults.losesReplies = true
      yield* one.acquire
      faults.losesReplies = false
      yield* one.accepted
      yield* nextLoopTick
      assert.strictEqual((yield* within(other.acquire, 100))?._tag, "Success")
      assert.strictEqual(other.known()?._tag, "Accepted")
    }).pipe(Effect.scoped)
  )

  it.effect("stands no longer than it does at the replica that was refused", () =>
    Effect.gen(function* () {
      const { faults, left, store } = yield* makeLossyStore
      const one = yield* replicaOn(store)
      const other = yield* replicaOn(store)
      yield* one.acquire
      faults.losesWrites = true
      yield* one.refused(refusal)
      yield* TestClock.adjust("60 seconds")
      faults.losesWrites = false
      yield* TestClock.adjust("1 second")
      assert.isAtLeast(yield* left, 1)
      const known = one.known()
      const now = yield* Clock.currentTimeMillis
      assert.isBelow(yield* left, (known?._tag === "Refused" ? known.until : 0) - now)
      assert.strictEqual((yield* other.acquire)?._tag, "Refused")
    }).pipe(Effect.scoped)
  )
})

describe("a replica that waits for another's try of a credential", () => {
  it.effect("tries it itself after two seconds in which the other says nothing", () =>
    Effect.gen(function* () {
      const { faults, store } = yield* makeLossyStore
      const one = yield* replicaOn(store)
      const other = yield* replicaOn(store)
      yield* one.acquire
      faults.losesWrites = true
      assert.isUndefined(yield* within(other.acquire, 1_900))
      const exit = yield* within(other.acquire, 200)
      assert.strictEqual(exit?._tag === "Success" ? exit.value : "no success", undefined)
    }).pipe(Effect.scoped)
  )

  it.effect("does not try it while the other's try goes on", () =>
    Effect.gen(function* () {
      const { store } = yield* makeLossyStore
      const one = yield* replicaOn(store)
      const other = yield* replicaOn(store)
      yield* one.acquire
      assert.isUndefined(yield* within(other.acquire, 8_000))
      yield* one.refused(refusal)
      yield* nextLoopTick
      assert.strictEqual((yield* within(other.acquire, 100))?._tag, "Success")
      assert.strictEqual(other.known()?._tag, "Refused")
    }).pipe(Effect.scoped)
  )
})
