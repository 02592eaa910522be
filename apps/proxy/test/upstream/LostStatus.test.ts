import { AuthenticationFailed } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { nextLoopTick } from "../../src/server/Drain.ts"
import { makeLeasedValues } from "../../src/store/LeasedValues.ts"
import * as MemoryStore from "../../src/store/MemoryStore.ts"
import { type Leased, Store, StoreUnavailable } from "../../src/store/Store.ts"
import { makeCredentialTrial } from "../../src/upstream/CredentialTrial.ts"
import { makeSharedCredentialStatus } from "../../src/upstream/SharedCredentialStatus.ts"

/** A store with one slot, which loses what it is told, or its replies, when the test says so. */
const makeStore = Effect.gen(function* () {
  const memory = yield* Effect.provide(Store, MemoryStore.layer)
  const faults = { losesWrites: false, losesReplies: false }
  let lease: { readonly token: string; readonly until: number } | undefined
  let value:
    | { readonly version: string; readonly value: string; readonly until: number; readonly life: number }
    | undefined
  const lost = Effect.fail(new StoreUnavailable({ message: "lost" }))
  const written = <A>(change: (now: number) => A) =>
    Effect.suspend(() => (faults.losesWrites ? lost : Effect.map(Clock.currentTimeMillis, change)))
  const store = Store.of({
    ...memory,
    isShared: true,
    claim: (_, { known, milliseconds, token }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now): Effect.Effect<Leased, StoreUnavailable> => {
        if (value !== undefined && now < value.until && value.version !== known) {
          return Effect.succeed({ _tag: "Found", held: { ...value, left: value.until - now } })
        }
        if (lease !== undefined && now < lease.until) {
          return Effect.succeed({ _tag: "Taken", left: lease.until - now })
        }
        lease = { token, until: now + milliseconds }
        return faults.losesReplies ? lost : Effect.succeed({ _tag: "Granted" })
      }),
    renew: (_, token, milliseconds) =>
      written((now) => {
        if (lease?.token === token && now < lease.until) lease = { token, until: now + milliseconds }
      }),
    release: (_, { token, value: change }) =>
      written((now) => {
        if (token !== undefined && !(lease?.token === token && now < lease.until)) return
        lease = undefined
        if (typeof change !== "string") {
          const { milliseconds, value: text, version } = change
          value = { version, value: text, until: now + milliseconds, life: milliseconds }
        }
      })
  })
  return {
    store,
    faults,
    left: Effect.map(Clock.currentTimeMillis, (now) => (value === undefined ? 0 : value.until - now))
  }
})

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
      const { faults, store } = yield* makeStore
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
      const { faults, store } = yield* makeStore
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
      const { faults, left, store } = yield* makeStore
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
      const { faults, store } = yield* makeStore
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
      const { store } = yield* makeStore
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
