import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Metric } from "effect"
import { needs } from "../../../../debian.ts"
import { UsedSignatures } from "../../src/callers/UsedSignatures.ts"
import { Refusal } from "../../src/problems/Refusal.ts"
import * as StoredSignatures from "../../src/replicas/StoredSignatures.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { storeAt } from "../store/StoreOf.ts"

const replicasOf = (server: RedisServer, count: number) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.gen(function* () {
      const store = yield* storeAt(server.address)
      const context = yield* Layer.build(Layer.provide(StoredSignatures.layer, Layer.succeedContext(store)))
      return Context.get(context, UsedSignatures)!
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )

const signatureOf = (digit: string) => ({ ak: "AK", signature: digit.repeat(64) })

describe("StoredSignatures", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("a signature that is used at one replica is used at all", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, other, third] = yield* replicasOf(server, 3)
      const [signature, another] = [signatureOf("a"), signatureOf("b")]
      assert.isTrue(yield* one!.use(signature))
      for (const replica of [one, other, third]) assert.isFalse(yield* replica!.use(signature))
      const together = yield* Effect.forEach([one, other, third], (replica) => replica!.use(another), {
        concurrency: "unbounded"
      })
      assert.lengthOf(together.filter(Boolean), 1)
      const left = Number(yield* server.cli("pttl", `test:signature:${"a".repeat(32)}`))
      assert.isTrue(left > 0 && left <= 30 * 60_000, "and is forgotten when it is good no more")
    })
  )

  it.live("what the caller's quota does not grant stands nowhere in Redis, and is used all the same", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one] = yield* replicasOf(server, 1)
      const refusal = new Refusal({ reason: "QuotaExceeded", message: "used up" })
      let asked = 0
      const permit = Effect.suspend(() => (++asked > 1 ? Effect.fail(refusal) : Effect.void))
      assert.isTrue(yield* one!.use(signatureOf("a"), permit))
      assert.isFalse(yield* one!.use(signatureOf("a"), permit), "what comes again takes nothing of the quota")
      assert.strictEqual(yield* Effect.flip(one!.use(signatureOf("b"), permit)), refusal)
      assert.isFalse(yield* one!.use(signatureOf("b"), permit))
      assert.strictEqual(
        yield* server.cli("--scan", "--pattern", "test:signature:*"),
        `test:signature:${"a".repeat(32)}`
      )
    })
  )

  it.live("while Redis is away, each replica remembers its own", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, other] = yield* replicasOf(server, 2)
      yield* server.kill
      const signature = signatureOf("a")
      assert.isTrue(yield* one!.use(signature))
      assert.isFalse(yield* one!.use(signature))
      assert.isTrue(yield* other!.use(signature))
    })
  )
})
