import { ServiceUnavailable, ShowBackupError } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, PubSub, Schema, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import { makeLeasedValues } from "../../src/store/LeasedValues.ts"
import { type Held, Store, StoreUnavailable } from "../../src/store/Store.ts"

/** A store that grants everything, counts, and fails when the test says. */
const makeStore = Effect.gen(function* () {
  const restored = yield* PubSub.unbounded<void>()
  const seen = { claims: 0, renewals: 0, forgotten: 0, refused: 0, isAway: false }
  const carriedOut = (note: () => void) =>
    Effect.suspend(() => {
      if (seen.isAway) {
        seen.refused++
        return Effect.fail(new StoreUnavailable({ message: "away" }))
      }
      note()
      return Effect.void
    })
  const store = Store.of({
    isShared: true,
    claim: () =>
      Effect.as(
        carriedOut(() => seen.claims++),
        { _tag: "Granted" }
      ),
    look: () => Effect.succeed(undefined),
    renew: () => carriedOut(() => seen.renewals++),
    release: (_, { value }) => (value === "forget" ? carriedOut(() => seen.forgotten++) : Effect.void),
    take: () => Effect.succeed({ _tag: "Taken", left: 1, fullAfter: 0 }),
    useOnce: () => Effect.succeed(true),
    revoke: () => Effect.void,
    revoked: Effect.succeed([]),
    notices: () => Stream.never,
    restored: Stream.fromPubSub(restored),
    troubles: () => []
  })
  const context = yield* Layer.build(
    SharedAnswers.layer.pipe(Layer.provide([Layer.succeed(Store, store), NodeCrypto.layerSecureRandom]))
  )
  return { store, seen, answers: Context.get(context, SharedAnswers), restore: PubSub.publish(restored, undefined) }
})

describe("the lease of a call", () => {
  it.effect("is renewed as long as the call lasts, and no longer", () =>
    Effect.gen(function* () {
      const { answers, seen } = yield* makeStore
      const scope = yield* Scope.make()
      yield* Scope.provide(answers.acquire("key", undefined), scope)
      yield* TestClock.adjust("10 seconds")
      // It lasts 3 s.
      assert.isAtLeast(seen.renewals, 9)
      yield* Scope.close(scope, Exit.void)
      const { renewals } = seen
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(seen.renewals, renewals)
    }).pipe(Effect.scoped)
  )
})

describe("two wishes for a lease that another replica has", () => {
  it.effect("hear how that one's call ended, each by itself: the end of the first takes nothing from the second", () =>
    Effect.gen(function* () {
      const told = yield* PubSub.unbounded<string>()
      const { store } = yield* makeStore
      const values = yield* makeLeasedValues("answer").pipe(
        Effect.provideService(Store, {
          ...store,
          claim: () => Effect.succeed({ _tag: "Taken", left: 60_000 }),
          notices: () => Stream.fromPubSub(told)
        }),
        Effect.provide(NodeCrypto.layerSecureRandom)
      )
      const wish = { milliseconds: 3_000, read: () => Effect.succeed(undefined) }
      const [first, second] = yield* Effect.all([
        Effect.forkChild(values.acquire("key", wish)),
        Effect.forkChild(values.acquire("key", wish))
      ])
      yield* TestClock.adjust(0)
      yield* Fiber.interrupt(first)
      const error = new ServiceUnavailable({ detail: { code: "other", message: "ill" } })
      yield* PubSub.publish(
        told,
        JSON.stringify({ _tag: "Failed", key: "key", error: Schema.encodeSync(ShowBackupError)(error) })
      )
      yield* TestClock.adjust(0)
      assert.isDefined(second.pollUnsafe())
      assert.strictEqual((yield* Fiber.join(second))._tag, "Failed")
    }).pipe(Effect.scoped)
  )
})

describe("a backup that the store could not forget", () => {
  it.effect("is asked for nothing there until it has been forgotten", () =>
    Effect.gen(function* () {
      const { answers, restore, seen } = yield* makeStore
      seen.isAway = true
      yield* answers.forget("key")
      seen.isAway = false
      assert.strictEqual((yield* answers.acquire("key", undefined))._tag, "Granted")
      assert.strictEqual(seen.claims, 0)
      yield* restore
      yield* TestClock.adjust(0)
      assert.strictEqual(seen.forgotten, 1)
      yield* answers.acquire("key", undefined)
      assert.strictEqual(seen.claims, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("is told again for as long as a value can stand, and not for ever where the store refuses it", () =>
    Effect.gen(function* () {
      const { answers, restore, seen } = yield* makeStore
      yield* TestClock.adjust("1 minute")
      seen.isAway = true
      yield* answers.forget("key")
      for (const refusals of [2, 3]) {
        yield* TestClock.adjust("1 day")
        yield* restore
        yield* TestClock.adjust(0)
        assert.strictEqual(seen.refused, refusals)
      }
      yield* TestClock.adjust("25 hours")
      yield* restore
      yield* TestClock.adjust(0)
      assert.strictEqual(seen.refused, 3)
      seen.isAway = false
      yield* answers.acquire("key", undefined)
      assert.strictEqual(seen.claims, 1)
    }).pipe(Effect.scoped)
  )
})

describe("of 10,001 keys that the store could not forget", () => {
  const wish = { milliseconds: 3_000, read: ({ value }: Held) => Effect.succeed(value) }

  it.effect("the oldest makes room, and no value that was written before its end is used", () =>
    Effect.gen(function* () {
      const { seen, store } = yield* makeStore
      const held = { version: "a", value: "value", life: 60_000, left: 30_000 }
      let found: Held | undefined = held
      const values = yield* makeLeasedValues("answer").pipe(
        Effect.provideService(Store, {
          ...store,
          look: () => Effect.sync(() => found),
          claim: (_, { known }) =>
            Effect.sync(() =>
              found === undefined || found.version === known ? { _tag: "Granted" } : { _tag: "Found", held: found }
            )
        }),
        Effect.provide(NodeCrypto.layerSecureRandom)
      )
      yield* TestClock.adjust("1 minute")
      seen.isAway = true
      for (let n = 0; n < 10_000; n++) yield* values.forget(`key ${n}`)
      assert.strictEqual((yield* values.acquire("key 0", wish))._tag, "Alone")
      assert.deepStrictEqual(yield* values.look("other"), held)
      yield* values.forget("key 10000")
      assert.isUndefined(yield* values.look("key 0"))
      assert.strictEqual((yield* values.acquire("key 0", wish))._tag, "Granted")
      assert.strictEqual((yield* values.acquire("key 1", wish))._tag, "Alone")
      // One that was written a second after the oldest was forgotten.
      yield* TestClock.adjust("31 seconds")
      found = { ...held, version: "b" }
      assert.deepStrictEqual(yield* values.look("key 0"), found)
      assert.strictEqual((yield* values.acquire("key 0", wish))._tag, "Found")
    }).pipe(Effect.scoped)
  )
})
