import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Duration, Effect, Exit, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { needs } from "../../../../debian.ts"
import { hasEnded } from "../../src/problems/EndedEffect.ts"
import * as RedisStore from "../../src/store/RedisStore.ts"
import { Store } from "../../src/store/Store.ts"
import type { Quota, Taken } from "../../src/store/TokenBuckets.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"

const quota: Quota = { perSecond: 50, burst: 100 }

/** The stores of so many replicas. */
const replicasOf = (server: RedisServer, count: number) =>
  Effect.forEach(Array.from({ length: count }), () =>
    RedisStore.layer({
      ...server.address,
      prefix: "test:",
      timeLimit: Duration.seconds(10),
      replicas: count
    }).pipe(
      Layer.build,
      Effect.map((context) => Context.get(context, Store)),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  )

/** Takes one now, as the responder does. */
const take = ({ take }: Store["Service"], of: Quota = quota) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => take("caller:a", of, now))

/** The token that is granted at once, if any. */
const atOnce = ({ take }: Store["Service"], now: number): Taken | undefined => {
  const taken = take("caller:a", quota, now)
  return hasEnded(taken) && Exit.isSuccess(taken) ? taken.value : undefined
}

/** The number of requests that the replicas grant. */
const granted = (replicas: ReadonlyArray<Store["Service"]>, each: number, of: Quota = quota) =>
  Effect.map(
    Effect.all(
      replicas.flatMap((permits) => Array.from({ length: each }, () => take(permits, of))),
      { concurrency: "unbounded" }
    ),
    (results) => results.filter(({ _tag }) => _tag === "Taken").length
  )

describe("quotas that replicas share", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.effect("three replicas grant one quota together, not one each", () =>
    Effect.gen(function* () {
      const replicas = yield* replicasOf(yield* makeRedisServer(), 3)
      assert.strictEqual(yield* granted(replicas, 200), 100)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* granted(replicas, 200), 50)
    })
  )

  it.effect("the last token is granted, whichever replica asks for it", () =>
    Effect.gen(function* () {
      const replicas = yield* replicasOf(yield* makeRedisServer(), 2)
      assert.strictEqual(yield* granted(replicas, 5, { perSecond: 1, burst: 3 }), 3)
      const refused = yield* take(replicas[0]!, { perSecond: 1, burst: 3 })
      assert.deepStrictEqual(refused, { _tag: "Empty", nextAfter: 1_000 })
    })
  )

  it.effect("most requests are granted at once, without asking Redis", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [permits] = yield* replicasOf(server, 1)
      const now = yield* Clock.currentTimeMillis
      assert.isUndefined(atOnce(permits!, now))
      assert.deepInclude(yield* take(permits!), { left: 99 })
      const leftAtOnce = () => {
        const taken = atOnce(permits!, now)
        return taken?._tag === "Taken" ? taken.left : undefined
      }
      // A draw is 25, half a second's worth; the next is made when half of it is spent.
      for (let left = 98; left > 87; left--) assert.strictEqual(leftAtOnce(), left)
      assert.include(yield* server.cli("info", "commandstats"), "cmdstat_evalsha:calls=1,")
      assert.strictEqual(leftAtOnce(), 87)
      while (!(yield* server.cli("info", "commandstats")).includes("cmdstat_evalsha:calls=2,"));
      for (let left = 86; left > 60; left--) assert.strictEqual(leftAtOnce(), left)
    })
  )

  it.effect("what was drawn and not used lapses after a second", () =>
    Effect.gen(function* () {
      const [permits] = yield* replicasOf(yield* makeRedisServer(), 1)
      yield* take(permits!)
      const now = yield* Clock.currentTimeMillis
      assert.isUndefined(atOnce(permits!, now + 1_000))
      assert.isDefined(atOnce(permits!, now + 999))
    })
  )

  it.effect("each replica grants its share without Redis, also at once", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const replicas = yield* replicasOf(server, 3)
      yield* server.kill
      assert.strictEqual(yield* granted(replicas, 100), 99)
      for (const permits of replicas) {
        assert.strictEqual(atOnce(permits, yield* Clock.currentTimeMillis)?._tag, "Empty")
      }
    })
  )

  it.effect("a replica grants its share alone as long as Redis is away, and not the whole quota", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const replicas = yield* replicasOf(server, 2)
      yield* server.kill
      // A burst of its own for each, which is then spent.
      yield* granted(replicas, 100)
      let taken = 0
      for (let tenth = 0; tenth < 100; tenth++) {
        yield* TestClock.adjust("100 millis")
        taken += yield* granted([replicas[0]!], 20)
      }
      assert.strictEqual(taken, 25 * 10)
    })
  )

  it.effect("a key that another program has written is told by its cause, and is well when it is gone", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [store] = yield* replicasOf(server, 2)
      const others = () => Effect.flatMap(Clock.currentTimeMillis, (now) => store!.take("caller:b", quota, now))
      yield* server.cli("hset", "test:quota:{caller:a}", "field", "value")
      assert.deepInclude(yield* take(store!), { left: 49 }, "it counts by its share")
      assert.match(store!.troubles().join(), /^quotas: WRONGTYPE, /)
      // Success with another key does not end the trouble while this one is refused again and again.
      yield* others()
      yield* TestClock.adjust("9 seconds")
      yield* take(store!)
      yield* TestClock.adjust("9 seconds")
      yield* others()
      assert.strictEqual(store!.troubles().length, 1)
      yield* server.cli("del", "test:quota:{caller:a}")
      yield* TestClock.adjust("1 second")
      assert.deepInclude(yield* take(store!), { left: 99 })
      assert.deepStrictEqual(store!.troubles(), [])
    })
  )

  it.effect("a right to count that Redis does not grant is told by its cause", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [store] = yield* replicasOf(server, 2)
      yield* take(store!)
      yield* server.cli("acl", "setuser", "default", "-evalsha")
      yield* TestClock.adjust("1 second")
      assert.deepInclude(yield* take(store!), { left: 49 }, "it counts by its share")
      assert.match(store!.troubles().join(), /^quotas: NOPERM, /)
      yield* server.cli("acl", "setuser", "default", "+evalsha")
      yield* TestClock.adjust("1 second")
      yield* take(store!)
      assert.deepStrictEqual(store!.troubles(), [])
    })
  )
})
