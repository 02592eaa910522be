import { isMet, type Row, type Skipped } from "./Row.ts"

const widths = [46, 14, 28, 14, 8, 8, 5]

const cellsOf = (row: Row | Skipped): ReadonlyArray<ReadonlyArray<string>> => {
  if ("skipped" in row) return [[row.what, `skipped: ${row.skipped}`]]
  const value = `${figure(row.value)} ${row.unit}`
  if (row.peers.length === 0) {
    return [[row.what, value, "", "", "", goalOf(row.better, row.goal), metOf(isMet(row.better, row.value, row.goal))]]
  }
  return row.peers.map(({ goal, name, ratio, value: theirs }, index) => [
    index === 0 ? row.what : "",
    index === 0 ? value : "",
    name,
    `${figure(theirs)} ${row.unit}`,
    ratio.toFixed(2),
    goalOf(row.better, goal),
    metOf(isMet(row.better, ratio, goal))
  ])
}

const goalOf = (better: Row["better"], goal: number | undefined): string =>
  goal === undefined ? "" : `${better === "more" ? "≥" : "≤"} ${goal}`

const metOf = (met: boolean | undefined): string => (met === undefined ? "" : met ? "yes" : "NO")

/** Formats a number with its significant digits. */
const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value >= 10 ? value.toFixed(1) : value.toFixed(2)

/** All rows, one line for each peer. */
export const table = (rows: ReadonlyArray<Row | Skipped>): string => {
  const heads = ["what", "project", "peer", "", "ratio", "goal", "met"]
  return [heads, ...rows.flatMap(cellsOf)]
    .map((cells) =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join(" ")
        .trimEnd()
    )
    .join("\n")
}

/** The same for a page of Markdown. */
export const markdown = (rows: ReadonlyArray<Row | Skipped>): string => {
  const line = (cells: ReadonlyArray<string>) =>
    `| ${Array.from({ length: 7 }, (_, i) => cells[i] ?? "").join(" | ")} |`
  return [
    line(["What", "Project", "Peer", "", "Ratio", "Goal", "Met"]),
    line(["---", "---:", "---", "---:", "---:", "---", "---"]),
    ...rows.flatMap(cellsOf).map(line)
  ].join("\n")
}
