import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Metric } from "effect"
import { needs } from "../../../../debian.ts"
import { ProxyError } from "../../src/problems/ProxyError.ts"
import { Store } from "../../src/store/Store.ts"
import { makeRedisServer, type RedisServer } from "../store/RedisServer.ts"
import { storeAt } from "../store/StoreOf.ts"

const replicasOf = (server: RedisServer, count: number) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.gen(function* () {
      const store = yield* storeAt(server.address)
      return Context.get(store, Store)
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )

const signatureOf = (digit: string) => ({ owner: "AK", name: digit.repeat(32) })

/** As long as a signature is good. */
const halfAnHour = 30 * 60_000

const use = <E = never>(
  replica: Store["Service"] | undefined,
  used: ReturnType<typeof signatureOf>,
  permit?: Effect.Effect<void, E>
) => replica!.useOnce(used, halfAnHour, permit)

describe("signatures that replicas remember together", { timeout: 60_000, ...needs("redis-server") }, () => {
  it.live("a signature that is used at one replica is used at all", () =>
    Effect.gen(function* () {
      const server = yield* makeRedisServer()
      const [one, other, third] = yield* replicasOf(server, 3)
      const [signature, another] = [signatureOf("a"), signatureOf("b")]
      assert.isTrue(yield* use(one, signature))
      for (const replica of [one, other, third]) assert.isFalse(yield* use(replica, signature))
      const together = yield* Effect.forEach([one, other, third], (replica) => use(replica, another), {
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
      const refusal = new ProxyError({ reason: "QuotaExceeded", message: "used up" })
      let asked = 0
      const permit = Effect.suspend(() => (++asked > 1 ? Effect.fail(refusal) : Effect.void))
      assert.isTrue(yield* use(one, signatureOf("a"), permit))
      assert.isFalse(yield* use(one, signatureOf("a"), permit), "what comes again takes nothing of the quota")
      assert.strictEqual(yield* Effect.flip(use(one, signatureOf("b"), permit)), refusal)
      assert.isFalse(yield* use(one, signatureOf("b"), permit))
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
      assert.isTrue(yield* use(one, signature))
      assert.isFalse(yield* use(one, signature))
      assert.isTrue(yield* use(other, signature))
    })
  )
})
