import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { Caller } from "../../src/callers/Caller.ts"
import { Callers } from "../../src/callers/Callers.ts"
import { unauthenticated } from "../../src/callers/PresentedCredential.ts"
import { Quotas } from "../../src/callers/Quotas.ts"
import { Refusal } from "../../src/edge/Refusal.ts"
import { Gateway } from "../../src/Gateway.ts"
import { defaultConfiguration, type Generation } from "../../src/Generation.ts"
import { Generations } from "../../src/Generations.ts"
import { rightsLost, type Watcher } from "../../src/live/Rights.ts"
import { Upstreams } from "../../src/upstream/Upstreams.ts"
import { cache, request } from "../cache/Cloud.ts"

const caller: Caller = {
  id: "watcher",
  projects: new Set([request.project_id]),
  regions: "*",
  scopes: new Set(["watch"]),
  quota_class: "default",
  expires_at: undefined,
  addresses: "*"
}

const signature = { _tag: "SdkSignature", head: {} as never, body: new Uint8Array() } as const
const token = { _tag: "Jwt", token: {} as never } as const

/** A configuration whose one caller is found so, by whatever credential. */
const generation = (knows: Effect.Effect<Caller, Refusal>): Generation => ({
  configuration: defaultConfiguration,
  rules: Context.empty(),
  callers: Callers.make({ Jwt: () => knows, SdkSignature: () => knows }),
  upstreams: Upstreams.of({
    of: () => ({ region: "r", credential_id: "c", showBackup: () => Effect.never })
  }),
  credentials: []
})

const watcher = (presented: Watcher["presented"]): Watcher => ({
  caller,
  presented,
  address: undefined,
  project_id: request.project_id
})

/** The refusal with which a watcher's rights end, once they have. */
const watched = (presented: Watcher["presented"] = token) =>
  Effect.gen(function* () {
    const lost = yield* rightsLost(watcher(presented))
    const fiber = yield* Effect.forkChild(lost, { startImmediately: true })
    return { fiber, generations: yield* Generations }
  })

const world = (knows: Effect.Effect<Caller, Refusal>) =>
  Gateway.layer.pipe(
    Layer.provide([cache(), Quotas.layerMemory]),
    Layer.provideMerge(Generations.layer(Effect.succeed(generation(knows))))
  )

describe("rights of who watches", () => {
  it.effect("are looked at each minute", () => {
    let now: Effect.Effect<Caller, Refusal> = Effect.succeed(caller)
    const knows = Effect.suspend(() => now)
    return Effect.gen(function* () {
      const { fiber } = yield* watched()
      yield* TestClock.adjust("10 minutes")
      now = Effect.succeed({ ...caller, scopes: new Set(["read"]) })
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, "Forbidden")
    }).pipe(Effect.provide(world(knows)))
  })

  it.effect("are looked at as soon as another configuration is in force", () =>
    Effect.gen(function* () {
      const { fiber, generations } = yield* watched()
      yield* generations.replace(Effect.succeed(generation(Effect.succeed(caller))))
      yield* TestClock.adjust(0)
      assert.isUndefined(fiber.pollUnsafe())
      yield* generations.replace(Effect.succeed(generation(Effect.fail(unauthenticated))))
      yield* TestClock.adjust(0)
      assert.strictEqual((yield* Fiber.join(fiber)).reason, "Unauthenticated")
    }).pipe(Effect.provide(world(Effect.succeed(caller))))
  )

  it.effect("stay while they cannot be looked at", () => {
    let now: Effect.Effect<Caller, Refusal> = Effect.succeed(caller)
    const knows = Effect.suspend(() => now)
    return Effect.gen(function* () {
      const { fiber } = yield* watched()
      now = Effect.fail(new Refusal({ reason: "KeysUnavailable", message: "the issuer does not answer" }))
      yield* TestClock.adjust("1 hour")
      assert.isUndefined(fiber.pollUnsafe())
    }).pipe(Effect.provide(world(knows)))
  })

  /** What is good for a quarter of an hour. */
  const soon = Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now < 15 * 60_000 ? Effect.succeed(caller) : Effect.fail(unauthenticated)
  )

  it.effect("by a token end with it; by a signature, which is made once, they do not", () =>
    Effect.gen(function* () {
      const byToken = yield* watched(token)
      const bySignature = yield* watched(signature)
      yield* TestClock.adjust("14 minutes")
      assert.isUndefined(byToken.fiber.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(byToken.fiber)).reason, "Unauthenticated")
      yield* TestClock.adjust("1 hour")
      assert.isUndefined(bySignature.fiber.pollUnsafe())
    }).pipe(Effect.provide(world(soon)))
  )
})
