import { assert, describe, it } from "@effect/vitest"
import { backupResponse } from "../../src/cache/BackupResponse.ts"
import { cachedResult, type CacheResult } from "../../src/cache/CacheResult.ts"
import { presentOf } from "./entries.ts"

const head = { method: "GET", target: "/", authority: undefined, version: "1.1", connection: {}, fields: [] }

/** Seconds for which a cache behind the proxy takes the answer for fresh, by RFC 9111, section 4.2. */
const freshFor = (shown: Pick<CacheResult, "at" | "status">) => {
  const { fields } = backupResponse(head, presentOf(), shown, { replace: () => {} })
  const valueOf = (name: string) => fields[fields.indexOf(name) + 1] ?? ""
  const age = fields.includes("age") ? Number(valueOf("age")) : 0
  return Number(/max-age=(\d+)/.exec(valueOf("cache-control"))?.[1]) - age
}

describe("backupResponse", () => {
  it.each([
    { age: 0, left: 60 },
    { age: 40, left: 20 },
    { age: 60, left: 0 },
    { age: 75, left: -15 }
  ])("lets a cache behind the proxy keep a hit of $age s as fresh for $left s", ({ age, left }) => {
    assert.strictEqual(freshFor(cachedResult(presentOf(), undefined, age * 1_000)), left)
  })

  it("says how long the answer of another replica stays fresh, without an age", () => {
    assert.strictEqual(freshFor({ at: 5_000, status: { hit: false, fwd: "uri-miss", collapsed: true } }), 55)
  })
})
