import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { needs } from "../../debian.ts"
import { pathOf } from "./manifests.ts"
import { recordings, unknownIn } from "./Metrics.ts"

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
