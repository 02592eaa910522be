import { assert, describe, it } from "@effect/vitest"
import { type CacheLabel, type CacheStatus, fieldOf, labelOf } from "../../src/cache/CacheStatus.ts"

describe("CacheStatus", () => {
  const rows: ReadonlyArray<readonly [CacheStatus, string, CacheLabel]> = [
    [{ hit: true, ttl: 41 }, "cbr-proxy; hit; ttl=41", "hit"],
    [{ hit: true, ttl: -12, detail: "stale-if-error" }, "cbr-proxy; hit; ttl=-12; detail=stale-if-error", "stale"],
    [
      { hit: false, fwd: "uri-miss", fwdStatus: 200, stored: true, collapsed: false },
      "cbr-proxy; fwd=uri-miss; fwd-status=200; stored",
      "miss"
    ],
    [{ hit: false, fwd: "stale", collapsed: true }, "cbr-proxy; fwd=stale; collapsed", "collapsed"],
    [{ hit: false, fwd: "request", stored: false }, "cbr-proxy; fwd=request", "miss"],
    [{ hit: false, detail: "only-if-cached" }, "cbr-proxy; detail=only-if-cached", "none"]
  ]

  it.each(rows)("%j", (status, field, result) => {
    assert.strictEqual(fieldOf(status), field)
    assert.strictEqual(labelOf(status), result)
  })
})
