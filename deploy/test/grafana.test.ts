import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { needs } from "../../debian.ts"
import { dashboards, fileOf } from "../grafana/dashboards.ts"
import { documentsOf, pathOf, textOf } from "./manifests.ts"
import { fleetMetricNames, metricNames, ofHistogram, parsed } from "./Metrics.ts"

interface Recording {
  readonly record: string
  readonly expr: string
}

const [{ groups }] = documentsOf("prometheus/recording.yaml") as [
  { groups: ReadonlyArray<{ readonly rules: ReadonlyArray<Recording> }> }
]
const recordings = groups.flatMap(({ rules }) => rules)

interface Panel {
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: ReadonlyArray<{ readonly expr: string; readonly datasource: { readonly uid: string } }>
}

interface Dashboard {
  readonly uid: string
  readonly panels: ReadonlyArray<Panel>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly type: string }> }
}

/** What an expression names that neither the sources nor the recording rules have. */
const unknownIn = (expr: string): ReadonlyArray<string> => {
  const { kinds, metrics } = parsed(expr.replaceAll("$__rate_interval", "5m"))
  assert.notInclude(kinds, "error", expr)
  assert.isNotEmpty(metrics)
  const recorded = new Set(recordings.map(({ record }) => record))
  return metrics.filter(
    (metric) =>
      metric !== "up" && !recorded.has(metric) && !fleetMetricNames.has(metric) && !metricNames.has(ofHistogram(metric))
  )
}

describe.each(Object.keys(dashboards))("the dashboard %s", (name) => {
  const text = textOf(`grafana/${name}.json`)
  const { panels, templating, uid } = JSON.parse(text) as Dashboard
  const shown = panels.filter(({ type }) => type !== "row")

  it("is the one that its source makes, by the builders of Grafana's own schema", () => {
    assert.strictEqual(text, fileOf(dashboards[name]!), "write it anew: pnpm --filter @cbr/deploy dashboards")
  })

  it("asks for what is measured or recorded, from the data source that its reader chooses", () => {
    const variables = templating.list.filter(({ type }) => type === "datasource").map((variable) => `$${variable.name}`)
    for (const { targets = [], title } of shown) {
      assert.isNotEmpty(targets, title)
      for (const { datasource, expr } of targets) {
        assert.include(variables, datasource.uid)
        assert.deepStrictEqual(unknownIn(expr), [], title)
      }
    }
  })

  it("says of each panel what it tells, and lays no panel over another", () => {
    assert.match(uid, /^[\w-]{1,40}$/)
    const taken = new Set<string>()
    for (const { description, gridPos, title } of shown) {
      assert.isNotEmpty(description, title)
      const { h, w, x, y } = gridPos!
      assert.isAtMost(x + w, 24)
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          assert.isFalse(taken.has(`${column}/${line}`), title)
          taken.add(`${column}/${line}`)
        }
      }
    }
  })
})

describe("the recording rules", () => {
  it.each(recordings)("$record is made of what is measured", ({ expr, record }) => {
    assert.match(record, /^cbr\w*:\w+:\w+$/)
    assert.deepStrictEqual(unknownIn(expr), [])
  })

  it("are held to a check that names an unknown metric", () => {
    assert.deepStrictEqual(unknownIn("sum(rate(cbr_proxy_request_total[5m]))"), ["cbr_proxy_request_total"])
  })

  it("record shares of what came in five minutes", needs("promtool"), () => {
    const folder = mkdtempSync(join(tmpdir(), "cbr-recording-"))
    try {
      const rules = pathOf("prometheus/recording.yaml")
      const checked = spawnSync("promtool", ["check", "rules", rules], { encoding: "utf8" })
      assert.strictEqual(checked.status, 0, checked.stdout + checked.stderr)
      const expected = (expr: string, value: number) =>
        `      - { expr: "${expr}", eval_time: 10m, exp_samples: [{ labels: "${expr}", value: ${value} }] }`
      const test = join(folder, "test.yaml")
      writeFileSync(
        test,
        [
          `rule_files: ["${rules}"]`,
          "evaluation_interval: 1m",
          "tests:",
          "  - interval: 1m",
          "    input_series:",
          `      - { series: 'cbr_proxy_requests_total{instance="a",status="200"}', values: "0+540x15" }`,
          `      - { series: 'cbr_proxy_requests_total{instance="b",status="503"}', values: "0+60x15" }`,
          `      - { series: 'cbr_proxy_cache_results_total{instance="a",result="hit"}', values: "0+180x15" }`,
          `      - { series: 'cbr_proxy_cache_results_total{instance="a",result="miss"}', values: "0+60x15" }`,
          `      - { series: 'cbr_resource_age_seconds{resource_name="a"}', values: "100x15" }`,
          `      - { series: 'cbr_resource_age_seconds{resource_name="b"}', values: "300x15" }`,
          "    promql_expr_test:",
          expected("cbr:resource_age_seconds:max", 300),
          expected("cbr_proxy:requests:rate5m", 10),
          expected("cbr_proxy:request_errors:ratio_rate5m", 0.1),
          expected("cbr_proxy:cache_hits:ratio_rate5m", 0.75)
        ].join("\n")
      )
      const { status, stderr, stdout } = spawnSync("promtool", ["test", "rules", test], { encoding: "utf8" })
      assert.strictEqual(status, 0, stdout + stderr)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
