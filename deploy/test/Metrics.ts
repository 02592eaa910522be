import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parser } from "@prometheus-io/lezer-promql"
import { pathOf } from "./manifests.ts"

/** Every name of a metric in the sources. */
export const metricNames: ReadonlySet<string> = new Set(
  ["../apps/proxy/src", "../packages/client/src"].flatMap((folder) =>
    readdirSync(pathOf(folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        Array.from(
          readFileSync(join(pathOf(folder), file), "utf8").matchAll(/(?:Metric\.\w+|\bcounters?\w*)\(\s*"([\w.]+)"/g),
          ([, name]) => name!.replaceAll(".", "_")
        )
      )
  )
)

/** Every name of a gauge that a check of a fleet writes. */
export const fleetMetricNames: ReadonlySet<string> = new Set(
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
