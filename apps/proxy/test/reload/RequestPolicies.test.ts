import { assert, describe, it } from "@effect/vitest"
import { Context } from "effect"
import { BackupCacheLimits } from "../../src/cache/BackupCache.ts"
import { QuotaLimits } from "../../src/callers/RateLimits.ts"
import { ReplayOfReads } from "../../src/callers/ReplayProtection.ts"
import { CachePolicy } from "../../src/policy/CachePolicy.ts"
import { LimitsPolicy } from "../../src/policy/LimitsPolicy.ts"
import { LivePolicy } from "../../src/policy/LivePolicy.ts"
import { defaultConfiguration } from "../../src/reload/ConfigSnapshot.ts"
import { requestPolicies, roomOf } from "../../src/reload/RequestPolicies.ts"

describe("requestPolicies", () => {
  it("the defaults of the configuration are those of the code that they are for", () => {
    const configured = requestPolicies(defaultConfiguration)
    const built = Context.empty()
    const isBuiltIn = <A>(rules: Context.Reference<A>) => {
      assert.isTrue(configured.mapUnsafe.has(rules.key))
      assert.deepStrictEqual(Context.get(configured, rules), Context.get(built, rules))
    }
    isBuiltIn(CachePolicy)
    isBuiltIn(QuotaLimits)
    isBuiltIn(LimitsPolicy)
    isBuiltIn(LivePolicy)
    isBuiltIn(ReplayOfReads)
    assert.deepStrictEqual(roomOf(defaultConfiguration), Context.get(built, BackupCacheLimits))
  })

  it("a class without a quota has the default's, and a policy is what the file says", () => {
    const { cache, quotas } = defaultConfiguration
    const slow = { requests_per_second: 1, burst: 2 }
    const rules = requestPolicies({
      ...defaultConfiguration,
      cache: { ...cache, bypasses_per_second: 0 },
      quotas: { ...quotas, classes: { slow } }
    })
    assert.strictEqual(Context.get(rules, CachePolicy).bypasses_per_second, 0)
    assert.deepStrictEqual(Context.get(rules, QuotaLimits).callers, {
      default: { perSecond: 50, burst: 100 },
      slow: { perSecond: 1, burst: 2 }
    })
  })
})
