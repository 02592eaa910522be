import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parser } from "@prometheus-io/lezer-promql"
import { assert } from "vitest"
import { documentsOf, pathOf } from "./manifests.ts"

/** Every name of a metric in the sources. */
export const metricNames: ReadonlySet<string> = new Set(
  ["../apps/proxy/src", "../packages/client/src"].flatMap((folder) =>
    readdirSync(pathOf(folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        Array.from(
          readFileSync(join(pathOf(folder), file), "utf8").matchAll(
            /(?:Metric\.\w+|\b(?:counter|gauge)s?\w*)\(\s*"([\w.]+)"/g
          ),
          ([, name]) => name!.replaceAll(".", "_")
        )
      )
  )
)

/** Every name of a gauge that a check of a fleet writes. */
const fleetMetricNames: ReadonlySet<string> = new Set(
  Array.from(
    readFileSync(pathOf("../apps/cli/src/commands/check/FleetReport.ts"), "utf8").matchAll(/family: "(\w+)"/g),
    ([, family]) => `cbr_${family}`
  )
)

/** The kinds of node in an expression, and the metrics that it names. */
export const parsed = (expression: string) => {
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

/** The name of a metric without what a histogram adds to it. */
export const ofHistogram = (metric: string): string => metric.replace(/_(?:count|sum|bucket)$/, "")

interface Recording {
  readonly record: string
  readonly expr: string
}

const [{ groups }] = documentsOf("prometheus/recording.yaml") as [
  { groups: ReadonlyArray<{ readonly rules: ReadonlyArray<Recording> }> }
]
/** The rules that record a series under a name of its own. */
export const recordings = groups.flatMap(({ rules }) => rules)

/** What an expression names that neither the sources nor the recording rules have. */
export const unknownIn = (expr: string): ReadonlyArray<string> => {
  const { kinds, metrics } = parsed(expr.replaceAll("$__rate_interval", "5m"))
  assert.notInclude(kinds, "error", expr)
  assert.isNotEmpty(metrics)
  const recorded = new Set(recordings.map(({ record }) => record))
  return metrics.filter(
    (metric) =>
      metric !== "up" && !recorded.has(metric) && !fleetMetricNames.has(metric) && !metricNames.has(ofHistogram(metric))
  )
}
