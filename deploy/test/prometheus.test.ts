import { assert, describe, it } from "vitest"
import { documentsOf } from "./manifests.ts"
import { metricNames, ofHistogram, parsed } from "./Metrics.ts"

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string }
}

const [{ groups }] = documentsOf("prometheus/alerts.yaml") as [
  { groups: ReadonlyArray<{ readonly rules: ReadonlyArray<Rule> }> }
]
const rules = groups.flatMap(({ rules }) => rules)

describe("the alerts", () => {
  it.each(rules)("$alert asks for what is measured", ({ annotations, expr }) => {
    const { kinds, metrics } = parsed(expr)
    assert.notInclude(kinds, "error")
    assert.isNotEmpty(metrics)
    for (const metric of metrics.filter((metric) => metric !== "up")) {
      assert.isTrue(metricNames.has(ofHistogram(metric)), metric)
    }
    assert.isNotEmpty(annotations.summary)
  })

  it("are held to a parser that refuses a slip", () => {
    assert.include(parsed("sum(rate(a[5m])").kinds, "error")
    assert.isFalse(metricNames.has("cbr_proxy_request_total"))
  })
})
