import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Finding, overallVerdict, Verdict } from "../src/index.ts"

const findings = (...verdicts: ReadonlyArray<Verdict>): ReadonlyArray<Finding> =>
  verdicts.map((verdict) => ({ rule: "status", field: "status", expected: "available", actual: "error", verdict }))

describe("overallVerdict", () => {
  it.each([
    [[], "unknown"],
    [["ok"], "ok"],
    [["ok", "warning"], "warning"],
    [["unknown", "warning", "ok"], "unknown"],
    [["warning", "critical", "unknown"], "critical"]
  ] as const)("of %j is %s", (verdicts, verdict) => {
    assert.strictEqual(overallVerdict(findings(...verdicts)), verdict)
  })

  it.prop(
    "does not depend on the order, and another finding never makes it better",
    [Schema.Array(Verdict), Verdict],
    ([verdicts, more]) => {
      assert.strictEqual(overallVerdict(findings(...verdicts)), overallVerdict(findings(...verdicts.toReversed())))
      const gravity = (verdict: Verdict) => Verdict.literals.indexOf(verdict)
      if (verdicts.length > 0) {
        assert.isAtLeast(
          gravity(overallVerdict(findings(...verdicts, more))),
          gravity(overallVerdict(findings(...verdicts)))
        )
      }
    }
  )
})

describe("Finding", () => {
  it("is plain JSON", () => {
    const [finding] = findings("critical")
    assert.deepStrictEqual(Schema.decodeUnknownSync(Finding)(JSON.parse(JSON.stringify(finding))), finding)
  })
})
