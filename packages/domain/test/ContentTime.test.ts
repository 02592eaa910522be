import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import { age, contentTime } from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const now = DateTime.makeUnsafe("2020-02-06T12:00:00Z")

describe("contentTime", () => {
  it("is protected_at, else created_at", () => {
    const both = backupOf({ protected_at: "2020-02-05", created_at: "2020-02-06" })
    assert.strictEqual(contentTime(both)?.field, "protected_at")
    assert.strictEqual(contentTime(both)?.at, both.protected_at)
    assert.strictEqual(contentTime(backupOf({ created_at: "2020-02-06" }))?.field, "created_at")
    assert.isUndefined(contentTime(backupOf({ updated_at: "2020-02-06" })))
  })

  it("is not the creation of a backup that failed, unless it says what it protects", () => {
    assert.isUndefined(contentTime(backupOf({ status: "error", created_at: "2020-02-06" })))
    const faulty = backupOf({ status: "error", created_at: "2020-02-06", protected_at: "2020-02-05" })
    assert.strictEqual(contentTime(faulty)?.field, "protected_at")
    assert.strictEqual(contentTime(backupOf({ status: "protecting", created_at: "2020-02-06" }))?.field, "created_at")
  })
})

describe("age", () => {
  it.each([
    ["2020-02-05T12:00:00", "1 day"],
    ["2020-02-06T19:00:00+08:00", "1 hour"],
    ["2020-02-06", "12 hours"],
    ["2020-02-06T12:00:00.000Z", "0 millis"],
    // Two clocks differ by a little.
    ["2020-02-06T12:01:00Z", "0 millis"],
    ["2020-02-06T12:02:00Z", "0 millis"]
  ] as const)("of %s is %s", (created_at, expected) => {
    const found = age(backupOf({ created_at }), now)
    assert.strictEqual(found === undefined ? undefined : Duration.toMillis(found), Duration.toMillis(expected))
  })

  it("of a backup from more than two minutes in the future is unknown", () => {
    assert.isUndefined(age(backupOf({ created_at: "2020-02-06T12:02:01Z" }), now))
  })

  it("of a backup without a time is unknown", () => {
    assert.isUndefined(age({}, now))
  })
})
