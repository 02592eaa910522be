import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import { ipRanges } from "../../src/net/IpRanges.ts"
import { authorize, type AuthorizationDecision, type Intent } from "../../src/rights/Authorization.ts"
import { type Caller, type Scope, scopes } from "../../src/rights/Caller.ts"

const stranger: Caller = {
  id: "stranger",
  projects: new Set(),
  regions: new Set(),
  scopes: new Set(),
  quota_class: "default",
  expires_at: undefined,
  addresses: "*"
}

const reader: Caller = {
  ...stranger,
  id: "reader",
  projects: new Set(["p"]),
  regions: new Set(["cn-north-4"]),
  scopes: new Set(["read"])
}

const now = DateTime.makeUnsafe("2026-01-02T03:04:05Z")
const reading: Intent = { project_id: "p", region: "cn-north-4", scope: "read", now }

const outcome = (decision: AuthorizationDecision) => (decision._tag === "Allowed" ? "Allowed" : decision.reason)

describe("authorize", () => {
  const cases: ReadonlyArray<readonly [string, Caller, Partial<Intent>, string]> = [
    ["what is granted", reader, {}, "Allowed"],
    ["another project", reader, { project_id: "q" }, "Project"],
    ["a project in another case", reader, { project_id: "P" }, "Project"],
    ["a project in another region", reader, { region: "cn-north-1" }, "Region"],
    ["a project of an unknown region", reader, { region: undefined }, "Region"],
    ["another scope", reader, { scope: "purge" }, "Scope"],
    [
      "every project and region",
      { ...reader, projects: "*", regions: "*" },
      { project_id: "q", region: undefined },
      "Allowed"
    ],
    ["the last moment", { ...reader, expires_at: DateTime.add(now, { milliseconds: 1 }) }, {}, "Allowed"],
    ["the moment of expiry", { ...reader, expires_at: now }, {}, "Expired"],
    ["an address in range", { ...reader, addresses: ipRanges(["10.0.0.0/8"]) }, { address: "10.1.2.3" }, "Allowed"],
    ["an address out of range", { ...reader, addresses: ipRanges(["10.0.0.0/8"]) }, { address: "11.0.0.1" }, "Address"],
    ["an unknown address, where ranges are given", { ...reader, addresses: ipRanges(["::/0"]) }, {}, "Address"]
  ]

  it.each(cases)("%s", (_, caller, change, expected) => {
    assert.strictEqual(outcome(authorize(caller, { ...reading, ...change })), expected)
  })

  it("denies every scope to a caller with no rights", () => {
    for (const scope of scopes) assert.strictEqual(outcome(authorize(stranger, { ...reading, scope })), "Scope")
  })

  it("a scope grants itself alone", () => {
    for (const granted of scopes) {
      const caller: Caller = { ...reader, scopes: new Set<Scope>([granted]) }
      for (const scope of scopes) {
        assert.strictEqual(outcome(authorize(caller, { ...reading, scope })), scope === granted ? "Allowed" : "Scope")
      }
    }
  })
})
