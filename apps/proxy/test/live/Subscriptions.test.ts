import { assert, describe, it } from "@effect/vitest"
import { Context, DateTime, Effect, Layer, PubSub, Random, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Authenticator } from "../../src/callers/Authenticator.ts"
import { RateLimits } from "../../src/callers/RateLimits.ts"
import { unauthenticated } from "../../src/callers/RequestCredential.ts"
import { Revocations } from "../../src/callers/Revocations.ts"
import { BackupAccess } from "../../src/gateway/BackupAccess.ts"
import { authorizeSubscriber, type Subscriber } from "../../src/live/SubscriberAuthorization.ts"
import { Subscriptions } from "../../src/live/Subscriptions.ts"
import { ProxyError } from "../../src/problems/ProxyError.ts"
import { ActiveConfiguration } from "../../src/reload/ActiveConfiguration.ts"
import { defaultConfiguration, type ConfigSnapshot } from "../../src/reload/ConfigSnapshot.ts"
import type { Caller } from "../../src/rights/Caller.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { cache, request } from "../cache/Cloud.ts"
import { callerOf, knownAs } from "../callerOf.ts"
import * as OneProcess from "../store/OneProcess.ts"

const caller = callerOf("watcher", { projects: new Set([request.project_id]), scopes: new Set(["watch"]) })

const signature = { _tag: "SdkSignature", head: {} as never, body: new Uint8Array() } as const
const token = { _tag: "Jwt", token: Redacted.make("token") } as const

/** The caller, at a moment or at any. */
type Knows = Effect.Effect<Caller, ProxyError> | ((now: DateTime.Utc) => Effect.Effect<Caller, ProxyError>)

const at = (knows: Knows, now: DateTime.Utc) => (typeof knows === "function" ? knows(now) : knows)

/** A configuration whose one caller is found so, by whatever credential. */
const generation = (knows: Knows): ConfigSnapshot => ({
  configuration: defaultConfiguration,
  rules: Context.empty(),
  callers: Authenticator.make({
    Jwt: (_, now) => Effect.map(at(knows, now), knownAs),
    SdkSignature: (_, now) => Effect.map(at(knows, now), knownAs)
  }),
  upstreams: Upstreams.of({
    of: () => ({ region: "r", credential_id: "c", showBackup: () => Effect.never, listBackups: () => Effect.never })
  }),
  credentials: []
})

/** A subscriber that stays, and whose answer is read as the test says. */
const staying = Effect.fnUntraced(function* (presented: Subscriber["presented"] = token) {
  const attendance = yield* Subscriptions
  const answer = { writableLength: 0, isCut: false, destroy: () => (answer.isCut = true) }
  const watcher = { caller, presented, address: undefined, project_id: request.project_id, scopes: ["watch"] as const }
  const stay = yield* attendance.subscribe({
    answer,
    mayStay: authorizeSubscriber(watcher, yield* Authenticator, yield* BackupAccess, yield* DateTime.now)
  })
  let calls = 0
  stay.onWake(() => void calls++)
  const reason = () => {
    const end = stay.end()
    return typeof end === "object" ? end.reason : end
  }
  return { stay, answer, reason, calls: () => calls }
})

const world = (
  knows: Knows,
  leaving: Effect.Effect<void> = Effect.never,
  revocations: Layer.Layer<Revocations> = OneProcess.layer
) =>
  Layer.mergeAll(BackupAccess.layer, Subscriptions.layer(leaving)).pipe(
    Layer.provide([cache(), RateLimits.layerMemory, revocations]),
    Layer.provideMerge(ActiveConfiguration.layer(Effect.succeed(generation(knows))))
  )

const known = Effect.succeed(caller)
const early = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })

describe("the rights of a subscriber", () => {
  it.effect("are looked at each minute", () => {
    let now: Effect.Effect<Caller, ProxyError> = known
    return Effect.gen(function* () {
      const { calls, reason } = yield* staying()
      yield* TestClock.adjust("10 minutes")
      now = Effect.succeed({ ...caller, scopes: new Set(["read"]) })
      const before = calls()
      yield* TestClock.adjust("58 seconds")
      assert.isUndefined(reason())
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(reason(), "Forbidden")
      assert.isAbove(calls(), before)
    }).pipe(Effect.provide(world(Effect.suspend(() => now))))
  })

  it.effect("are checked as soon as it subscribes, since it may have lost them on the way in", () => {
    let now: Effect.Effect<Caller, ProxyError> = known
    return Effect.gen(function* () {
      yield* TestClock.adjust("10 minutes")
      const { reason } = yield* staying()
      now = Effect.succeed({ ...caller, scopes: new Set(["read"]) })
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(reason(), "Forbidden")
    }).pipe(Effect.provide(world(Effect.suspend(() => now))))
  })

  it.effect("end with a token, though its issuer cannot be asked any more", () => {
    let now: Effect.Effect<Caller, ProxyError> = known
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
    const text = `${part({ alg: "ES256" })}.${part({ exp: 90 })}.x`
    return Effect.gen(function* () {
      const { reason } = yield* staying({ _tag: "Jwt", token: Redacted.make(text) })
      now = Effect.fail(new ProxyError({ reason: "KeysUnavailable", message: "the issuer does not answer" }))
      yield* TestClock.adjust("88 seconds")
      assert.isUndefined(reason())
      yield* TestClock.adjust("62 seconds")
      assert.strictEqual(reason(), "Unauthenticated")
    }).pipe(Effect.provide(world(Effect.suspend(() => now))))
  })

  it.effect("are looked at as soon as another configuration is in force", () =>
    Effect.gen(function* () {
      const snapshots = yield* ActiveConfiguration
      const { reason } = yield* staying()
      yield* snapshots.replace(Effect.succeed(generation(known)))
      yield* TestClock.adjust(0)
      assert.isUndefined(reason())
      yield* snapshots.replace(Effect.succeed(generation(Effect.fail(unauthenticated))))
      yield* TestClock.adjust(0)
      assert.strictEqual(reason(), "Unauthenticated")
    }).pipe(Effect.provide(world(known)))
  )

  it.effect("end at once when its credential is revoked", () => {
    let now: Effect.Effect<Caller, ProxyError> = known
    return Effect.gen(function* () {
      const revoked = yield* PubSub.unbounded<void>()
      const changes = Stream.fromPubSub(revoked)
      const revocations = Layer.succeed(Revocations, { isRevoked: () => false, unknown: () => undefined, changes })
      yield* Effect.gen(function* () {
        const { reason } = yield* staying()
        yield* TestClock.adjust("10 seconds")
        now = Effect.fail(unauthenticated)
        yield* TestClock.adjust("1 second")
        assert.isUndefined(reason())
        yield* PubSub.publish(revoked, undefined)
        yield* TestClock.adjust(0)
        assert.strictEqual(reason(), "Unauthenticated")
      }).pipe(
        Effect.provide(
          world(
            Effect.suspend(() => now),
            Effect.never,
            revocations
          )
        )
      )
    })
  })

  it.effect("stay while they cannot be looked at", () => {
    let now: Effect.Effect<Caller, ProxyError> = known
    return Effect.gen(function* () {
      const { reason } = yield* staying()
      now = Effect.fail(new ProxyError({ reason: "KeysUnavailable", message: "the issuer does not answer" }))
      yield* TestClock.adjust("10 minutes")
      assert.isUndefined(reason())
    }).pipe(Effect.provide(world(Effect.suspend(() => now))))
  })

  it.effect("hold up no sign of life, and end nothing, when the look at them hangs or breaks", () =>
    Effect.gen(function* () {
      for (const look of [Effect.never, Effect.die(new Error("a bug"))]) {
        const attendance = yield* Subscriptions
        const answer = { writableLength: 0, destroy: () => undefined }
        const stay = yield* attendance.subscribe({ answer, mayStay: look })
        yield* TestClock.adjust("2 minutes")
        assert.isUndefined(stay.end())
      }
      const { calls } = yield* staying()
      yield* TestClock.adjust("16 seconds")
      assert.isAbove(calls(), 0)
    }).pipe(Effect.provide(world(known)))
  )

  /** A credential that is good for five minutes. */
  const soon = (now: DateTime.Utc) => (now.epochMilliseconds < 5 * 60_000 ? known : Effect.fail(unauthenticated))

  it.effect("by a token end with it; by a signature, which is made once, they do not", () =>
    Effect.gen(function* () {
      const byToken = yield* staying(token)
      const bySignature = yield* staying(signature)
      yield* TestClock.adjust("4 minutes")
      assert.isUndefined(byToken.reason())
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(byToken.reason(), "Unauthenticated")
      yield* TestClock.adjust("6 minutes")
      assert.isUndefined(bySignature.reason())
    }).pipe(Effect.provide(world(soon)))
  )
})

describe("a subscriber", () => {
  it.effect("is to come anew after a quarter of an hour, and when the proxy stops", () =>
    Effect.gen(function* () {
      const first = yield* staying()
      yield* TestClock.adjust("899 seconds")
      assert.isUndefined(first.reason())
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(first.reason(), "age")
      const second = yield* staying()
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(second.reason(), "draining")
      assert.strictEqual((yield* staying()).reason(), "draining")
    }).pipe(Effect.provide(world(known, Effect.sleep("20 minutes"))), early)
  )

  it.effect("is called for a beat when it has been told nothing for one", () =>
    Effect.gen(function* () {
      const { calls, stay } = yield* staying()
      yield* TestClock.adjust("14 seconds")
      assert.isFalse(stay.isHeartbeatDue())
      assert.strictEqual(calls(), 0)
      stay.touch()
      yield* TestClock.adjust("14 seconds")
      assert.strictEqual(calls(), 0)
      yield* TestClock.adjust("2 seconds")
      assert.isTrue(stay.isHeartbeatDue())
      assert.isAbove(calls(), 0)
    }).pipe(Effect.provide(world(known)))
  )

  it.effect("is cut when it leaves too much unread for two beats, and not when it has taken it by then", () =>
    Effect.gen(function* () {
      const [slow, quick] = [yield* staying(), yield* staying()]
      slow.answer.writableLength = quick.answer.writableLength = 64 * 1024 + 1
      yield* TestClock.adjust("16 seconds")
      quick.answer.writableLength = 0
      assert.isFalse(slow.answer.isCut)
      yield* TestClock.adjust("16 seconds")
      quick.answer.writableLength = 64 * 1024 + 1
      yield* TestClock.adjust("14 seconds")
      assert.deepStrictEqual([slow.answer.isCut, quick.answer.isCut], [true, false])
    }).pipe(Effect.provide(world(known)))
  )

  it.effect("is looked after no longer than it stays", () =>
    Effect.gen(function* () {
      const { calls } = yield* Effect.scoped(staying())
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(calls(), 0)
    }).pipe(Effect.provide(world(known)))
  )
})
