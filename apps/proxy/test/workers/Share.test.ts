import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { defaultConfiguration } from "../../src/Generation.ts"
import { shareOf } from "../../src/workers/Share.ts"

const Workers = Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 256 }))
const Amount = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))

describe("a worker's share", () => {
  it("of one worker is all", () => {
    assert.strictEqual(shareOf(defaultConfiguration, 1), defaultConfiguration)
  })

  it.prop(
    "times the workers is no more than what was granted, or one for each",
    [Workers, Amount, Amount],
    ([workers, burst, rate]) => {
      const { cache, limits, live, quotas } = defaultConfiguration
      const share = shareOf(
        {
          ...defaultConfiguration,
          cache: { ...cache, entries: burst, bytes: 0 },
          limits: { ...limits, connections: burst },
          live: { ...live, streams_per_caller: burst },
          quotas: {
            ...quotas,
            classes: { default: { burst, requests_per_second: rate, priority: "low" } },
            upstream_per_project_per_second: rate
          }
        },
        workers
      )
      const { burst: part, priority, requests_per_second } = share.quotas.classes["default"]!
      assert.strictEqual(priority, "low")
      for (const count of [part, share.limits.connections, share.cache.entries, share.live.streams_per_caller]) {
        assert.isTrue(Number.isInteger(count) && count >= 1 && count * workers <= Math.max(burst, workers))
      }
      assert.approximately(requests_per_second * workers, rate, rate * 1e-9)
      assert.approximately(share.quotas.upstream_per_project_per_second * workers, rate, rate * 1e-9)
      assert.strictEqual(share.cache.bytes, 0)
    }
  )

  it.prop(
    "leaves quotas whole that are shared through Redis, where it counts as a replica",
    [Workers, Amount],
    ([workers, replicas]) => {
      const redis = { url: "redis://127.0.0.1", prefix: "cbr-proxy:", time_limit_ms: 20, sealing_keys: [], replicas }
      const share = shareOf({ ...defaultConfiguration, redis }, workers)
      assert.deepStrictEqual(share.quotas.classes, defaultConfiguration.quotas.classes)
      assert.strictEqual(
        share.quotas.upstream_per_project_per_second,
        defaultConfiguration.quotas.upstream_per_project_per_second
      )
      assert.strictEqual(share.redis?.replicas, replicas * workers)
    }
  )
})
