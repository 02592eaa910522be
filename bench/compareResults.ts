import { existsSync, readFileSync } from "node:fs"
import type { Row, Skipped } from "./Row.ts"

// Compares the ratios of `results.json` with those of `baseline.json`, an earlier run. Exits 1 where one is more than a
// tenth worse.
// A ratio is to a peer of the same run, so the machine's speed does not count.

interface Results {
  readonly rows: ReadonlyArray<Row | Skipped>
}

/** The part of the earlier ratio by which a ratio may be worse. */
const tolerance = 0.1

const resultsOf = (name: string): Results => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as Results

/** Each ratio by what is measured and against which peer. */
const ratiosOf = ({ rows }: Results) =>
  new Map(
    rows.flatMap((row) =>
      "skipped" in row
        ? []
        : row.peers.map(({ name, ratio }) => [`${row.what}, beside ${name}`, { better: row.better, ratio }] as const)
    )
  )

if (!existsSync(new URL("baseline.json", import.meta.url))) {
  console.log("There is no earlier run to compare with.")
} else {
  const before = ratiosOf(resultsOf("baseline.json"))
  const lines = [...ratiosOf(resultsOf("results.json"))].flatMap(([what, { better, ratio }]) => {
    const earlier = before.get(what)
    if (earlier === undefined) return []
    const change = ratio / earlier.ratio - 1
    const isWorse = better === "more" ? change < -tolerance : change > tolerance
    if (isWorse) process.exitCode = 1
    const percent = `${change < 0 ? "" : "+"}${(change * 100).toFixed(1)} %`
    return `| ${what} | ${earlier.ratio.toFixed(2)} | ${ratio.toFixed(2)} | ${percent} | ${isWorse ? "**worse**" : ""} |`
  })
  console.log(["| What | Before | Now | Change | |", "| --- | ---: | ---: | ---: | --- |", ...lines].join("\n"))
}
