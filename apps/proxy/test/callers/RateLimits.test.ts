import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import { RateLimits, QuotaLimits } from "../../src/callers/RateLimits.ts"
import type { ProxyError } from "../../src/problems/ProxyError.ts"
import type { Caller } from "../../src/rights/Caller.ts"
import * as MemoryStore from "../../src/store/MemoryStore.ts"
import { Store } from "../../src/store/Store.ts"
import type { Taken } from "../../src/store/TokenBuckets.ts"

const caller = (id: string, quota_class = "default"): Caller => ({
  id,
  quota_class,
  projects: "*",
  regions: "*",
  scopes: new Set(["read"]),
  expires_at: undefined,
  addresses: "*"
})

/** One request of a caller's quota, under the limits in force. */
const fromCaller = Effect.fnUntraced(function* (caller: Caller) {
  return yield* (yield* RateLimits).takeFromCaller(caller, yield* QuotaLimits, yield* Clock.currentTimeMillis)
})

const taken = <R>(times: number, take: Effect.Effect<unknown, unknown, R>) =>
  Effect.map(
    Effect.forEach(Array.from({ length: times }), () => Effect.isSuccess(take)),
    (results) => results.filter(Boolean).length
  )

const scarce = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, QuotaLimits, {
    callers: { default: { perSecond: 50, burst: 100 }, slow: { perSecond: 1, burst: 2 } },
    project: { perSecond: 10, burst: 10 }
  })

describe("Quotas", () => {
  it.effect("a caller has 100 requests at once, then 50 a second", () =>
    Effect.gen(function* () {
      const take = fromCaller(caller("a"))
      assert.strictEqual(yield* taken(150, take), 100)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* taken(150, take), 50)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* taken(150, take), 100)
    }).pipe(Effect.provide(RateLimits.layerMemory))
  )

  it.effect("one caller's requests are not another's, and its class has its own quota", () =>
    Effect.gen(function* () {
      const take = (id: string, quota_class?: string) => fromCaller(caller(id, quota_class))
      assert.strictEqual(yield* taken(200, take("a")), 100)
      assert.strictEqual(yield* taken(200, take("b")), 100)
      assert.strictEqual(yield* taken(200, take("c", "slow")), 2)
      assert.strictEqual(yield* taken(200, take("d", "constructor")), 100)
    }).pipe(scarce, Effect.provide(RateLimits.layerMemory))
  )

  it.effect("what is left stands in the fields, and the refusal says when to come back", () =>
    Effect.gen(function* () {
      const take = fromCaller(caller("a", "slow"))
      assert.deepStrictEqual(yield* take, { "ratelimit-policy": '"caller";q=2;w=2', ratelimit: '"caller";r=1;t=1' })
      assert.deepStrictEqual(yield* take, { "ratelimit-policy": '"caller";q=2;w=2', ratelimit: '"caller";r=0;t=2' })
      const refusal = yield* Effect.flip(take)
      assert.strictEqual(refusal.reason, "QuotaExceeded")
      assert.deepStrictEqual(refusal.headers, {
        "retry-after": "1",
        "ratelimit-policy": '"caller";q=2;w=2',
        ratelimit: '"caller";r=0;t=1'
      })
    }).pipe(scarce, Effect.provide(RateLimits.layerMemory))
  )

  it.effect("a quota of this process is taken from at once, and of one that is used up nothing is taken", () =>
    Effect.gen(function* () {
      const rateLimits = yield* RateLimits
      const limits = yield* QuotaLimits
      const atOnce = () => rateLimits.takeFromCaller(caller("a", "slow"), limits, 0)
      assert.deepStrictEqual(
        atOnce(),
        Exit.succeed({ "ratelimit-policy": '"caller";q=2;w=2', ratelimit: '"caller";r=1;t=1' })
      )
      assert.strictEqual((yield* fromCaller(caller("a", "slow"))).ratelimit, '"caller";r=0;t=2')
      assert.isTrue(Exit.isFailure(yield* Effect.exit(atOnce())))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* taken(2, fromCaller(caller("a", "slow"))), 1)
    }).pipe(scarce, Effect.provide(RateLimits.layerMemory))
  )

  it.effect("what a caller has remembered is of a quota as large as its own, and takes nothing of that", () =>
    Effect.gen(function* () {
      const limits = yield* QuotaLimits
      const { takeForSignature } = yield* RateLimits
      const forSignature = Effect.suspend(() => takeForSignature(caller("a", "slow"), limits, 0))
      assert.strictEqual(yield* taken(5, forSignature), 2)
      assert.strictEqual(yield* taken(5, fromCaller(caller("a", "slow"))), 2)
    }).pipe(scarce, Effect.provide(RateLimits.layerMemory))
  )

  it.effect("a project has 10 calls to the cloud a second from all callers together, and its figures stay untold", () =>
    Effect.gen(function* () {
      const rateLimits = yield* RateLimits
      /** How many callers are let through of those that ask at once, and wait for half a second. */
      const letThrough = Effect.fnUntraced(function* (project: string, count: number) {
        const asking = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: count }, (_, n) =>
              Effect.exit(rateLimits.takeFromProject(project, `caller ${n % 3}`))
            ),
            { concurrency: "unbounded" }
          ),
          { startImmediately: true }
        )
        yield* TestClock.adjust("500 millis")
        return yield* Fiber.join(asking)
      })
      const succeeded = (exits: ReadonlyArray<Exit.Exit<void, ProxyError>>) => exits.filter(Exit.isSuccess).length
      const exits = yield* letThrough("p", 30)
      // Ten at once, and those whose turn comes while they wait.
      assert.strictEqual(succeeded(exits), 15)
      assert.strictEqual(succeeded(yield* letThrough("q", 30)), 15)
      const refused = exits.flatMap((exit) => Option.getOrUndefined(Exit.findErrorOption(exit)) ?? [])
      assert.deepStrictEqual([...new Set(refused.map(({ reason }) => reason))], ["QuotaExceeded"])
      assert.deepStrictEqual(refused[0]?.headers, { "retry-after": "1" })
    }).pipe(scarce, Effect.provide(RateLimits.layerMemory))
  )

  it.effect("a caller that asks 40 times a second takes no call of a project from a caller that asks twice", () =>
    Effect.gen(function* () {
      const rateLimits = yield* RateLimits
      const ask = (caller_id: string) =>
        Effect.forkChild(Effect.exit(rateLimits.takeFromProject("p", caller_id)), { startImmediately: true })
      const modest: Array<Fiber.Fiber<Exit.Exit<void, ProxyError>>> = []
      for (let tick = 0; tick < 400; tick++) {
        yield* ask("greedy")
        if (tick % 20 === 0) modest.push(yield* ask("modest"))
        yield* TestClock.adjust("25 millis")
      }
      yield* TestClock.adjust("1 second")
      const exits = yield* Fiber.joinAll(modest)
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 20)
    }).pipe(scarce, Effect.provide(RateLimits.layerMemory))
  )

  it.effect("a store that answers late delays 40 calls of a project no more than one, and refuses none", () =>
    Effect.gen(function* () {
      const late = Layer.effect(
        Store,
        Effect.map(Store, (store) =>
          Store.of({ ...store, take: (...of) => Effect.delay(store.take(...of), "20 millis") })
        )
      ).pipe(Layer.provide(MemoryStore.layer))
      yield* Effect.gen(function* () {
        const { takeFromProject } = yield* RateLimits
        const calls = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 40 }), (_, index) => takeFromProject("p", `caller ${index % 4}`), {
            concurrency: "unbounded"
          }),
          { startImmediately: true }
        )
        yield* TestClock.adjust("20 millis")
        assert.isDefined(calls.pollUnsafe())
        yield* Fiber.join(calls)
      }).pipe(Effect.provide(Layer.provide(RateLimits.layer, late)))
    })
  )

  it.effect("each of 300 projects of a configuration has a bucket of its own", () =>
    Effect.gen(function* () {
      const keys = new Set<string>()
      const store = Layer.effect(
        Store,
        Effect.map(Store, (store) =>
          Store.of({
            ...store,
            take: (key) => Effect.sync((): Taken => (keys.add(key), { _tag: "Taken", left: 1, fullAfter: 0 }))
          })
        )
      ).pipe(Layer.provide(MemoryStore.layer))
      const projects = Array.from({ length: 300 }, (_, n) => n.toString(16).padStart(32, "0"))
      yield* Effect.forEach(projects, (project) =>
        RateLimits.use((rateLimits) => rateLimits.takeFromProject(project, "caller"))
      ).pipe(
        Effect.provide(Layer.provide(RateLimits.layer, store)),
        Effect.provideService(QuotaLimits, {
          callers: { default: { perSecond: 1, burst: 1 } },
          project: { perSecond: 1, burst: 1 },
          projects: new Set(projects)
        })
      )
      assert.strictEqual(keys.size, 300)
    })
  )

  it.effect("an address has 20 wrong credentials a minute, with the network that it is in; another has its own", () =>
    Effect.gen(function* () {
      const take = (address: string | undefined) =>
        Effect.gen(function* () {
          return yield* (yield* RateLimits).chargeFailedSignIn(
            address,
            yield* QuotaLimits,
            yield* Clock.currentTimeMillis
          )
        })
      assert.strictEqual(yield* taken(30, take("192.0.2.1")), 20)
      assert.strictEqual(yield* taken(30, take("::ffff:192.0.2.1")), 0)
      assert.strictEqual(yield* taken(10, take("2001:db8::1")), 10)
      assert.strictEqual(yield* taken(30, take("2001:db8::2")), 10)
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(yield* taken(30, take("192.0.2.1")), 1)
      assert.deepStrictEqual((yield* Effect.flip(take("192.0.2.1"))).headers, { "retry-after": "3" })
    }).pipe(Effect.provide(RateLimits.layerMemory))
  )
})
