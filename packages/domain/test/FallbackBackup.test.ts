import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import { assess, type Expectations, fallback } from "../src/index.ts"
import { backupOf } from "./backupOf.ts"

const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")

const expectations: Expectations = { healthy: {}, age: { max: Duration.days(2) } }

const anonymous = (body: object, expected = expectations) => {
  const backup = backupOf({ created_at: "2026-05-31T00:00:00", ...body })
  return { backup, findings: assess(backup, expected, now) }
}

const assessed = (body: object, expected = expectations) => anonymous({ resource_id: "server", ...body }, expected)

const beingMade = backupOf({ id: "new", resource_id: "server", status: "protecting" })
const whole = assessed({ id: "old", status: "available" })

describe("fallback", () => {
  it("is a healthy backup of the same resource that keeps every rule", () => {
    assert.strictEqual(fallback(beingMade, [assessed({ id: "x", status: "error" }), whole]), whole)
  })

  it.each([
    ["another resource", { status: "available", resource_id: "other" }],
    ["a backup too old", { status: "available", created_at: "2026-05-01T00:00:00" }],
    ["another in progress", { status: "restoring" }],
    ["a degraded one", { status: "available", replication_records: [{ destination_region: "r", status: "fail" }] }],
    ["one of unknown health", {}],
    ["itself", { status: "available", id: "new" }]
  ])("is not %s", (_, body) => {
    assert.isUndefined(fallback(beingMade, [assessed(body)]))
  })

  it("is undefined if health was not asked for, or the resource is not known", () => {
    assert.isUndefined(fallback(beingMade, [assessed({ status: "available" }, { age: { max: Duration.days(2) } })]))
    assert.isUndefined(fallback(backupOf({ status: "protecting" }), [anonymous({ status: "available" })]))
    assert.isUndefined(fallback(beingMade, [anonymous({ status: "available" })]))
  })
})
