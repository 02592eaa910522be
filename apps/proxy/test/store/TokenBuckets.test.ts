import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Layer, Result, Schema } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import { makeTokenBuckets } from "../../src/store/TokenBuckets.ts"

const Quota = Schema.Struct({
  perSecond: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })),
  burst: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 }))
})
const Waits = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3_000 })))
const reference = RateLimiter.layer.pipe(Layer.provide(RateLimiter.layerStoreMemory))

describe("TokenBuckets", () => {
  it.effect.prop("agree with Effect's limiter at every moment", [Quota, Waits], ([quota, waits]) =>
    Effect.gen(function* () {
      const limiter = yield* RateLimiter.RateLimiter
      const buckets = makeTokenBuckets()
      for (const wait of [0, 0, ...waits]) {
        yield* TestClock.adjust(wait)
        const taken = buckets.take("a", quota, yield* Clock.currentTimeMillis)
        const expected = yield* Effect.result(
          limiter.consume({
            key: "a",
            algorithm: "token-bucket",
            limit: quota.burst,
            window: Duration.seconds(quota.burst / quota.perSecond)
          })
        )
        assert.strictEqual(taken._tag === "Taken", Result.isSuccess(expected))
        if (taken._tag === "Taken" && Result.isSuccess(expected)) {
          assert.strictEqual(taken.left, expected.success.remaining)
          assert.closeTo(taken.fullAfter, Duration.toMillis(expected.success.resetAfter), 1e-3)
        }
      }
    }).pipe(Effect.provide([Layer.fresh(reference), TestClock.layer()]))
  )

  it("fill again after the clock was set back", () => {
    const buckets = makeTokenBuckets()
    const quota = { perSecond: 1, burst: 1 }
    assert.strictEqual(buckets.take("a", quota, 1e12)._tag, "Taken")
    assert.deepStrictEqual(buckets.take("a", quota, 0), { _tag: "Empty", nextAfter: 1_000 })
    assert.strictEqual(buckets.take("a", quota, 1_000)._tag, "Taken")
  })
})
