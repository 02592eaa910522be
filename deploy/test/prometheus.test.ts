import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parser } from "@prometheus-io/lezer-promql"
import { assert, describe, it } from "vitest"
import { documentsOf, pathOf } from "./manifests.ts"

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string }
}

const [{ groups }] = documentsOf("prometheus/alerts.yaml") as [
  { groups: ReadonlyArray<{ readonly rules: ReadonlyArray<Rule> }> }
]
const rules = groups.flatMap(({ rules }) => rules)

/** Every name of a metric in the sources. */
const names = new Set(
  ["../apps/proxy/src", "../packages/client/src"].flatMap((folder) =>
    readdirSync(pathOf(folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        Array.from(readFileSync(join(pathOf(folder), file), "utf8").matchAll(/Metric\.\w+\("([\w.]+)"/g), ([, name]) =>
          name!.replaceAll(".", "_")
        )
      )
  )
)

/** The kinds of node in an expression, and the metrics that it names. */
const parsed = (expression: string) => {
  const kinds: Array<string> = []
  const metrics: Array<string> = []
  parser.parse(expression).iterate({
    enter: ({ from, name, to, type }) => {
      kinds.push(type.isError ? "error" : name)
      if (name === "Identifier") metrics.push(expression.slice(from, to))
    }
  })
  return { kinds, metrics }
}

describe("the alerts", () => {
  it.each(rules)("$alert asks for what is measured", ({ annotations, expr }) => {
    const { kinds, metrics } = parsed(expr)
    assert.notInclude(kinds, "error")
    assert.isNotEmpty(metrics)
    for (const metric of metrics.filter((metric) => metric !== "up")) {
      assert.isTrue(names.has(metric.replace(/_(?:count|sum|bucket)$/, "")), metric)
    }
    assert.isNotEmpty(annotations.summary)
  })

  it("the parser refuses a rule with a slip", () => {
    assert.include(parsed("sum(rate(a[5m])").kinds, "error")
    assert.isFalse(names.has("cbr_proxy_request_total"))
  })
})
