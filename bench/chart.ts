import { readFileSync, writeFileSync } from "node:fs"
import type { Row, Skipped } from "./Row.ts"
import { markdown } from "./Table.ts"

// Draws `docs/performance.svg` of `bench/results.json`, and puts its table into `docs/performance.md`: `node bench/chart.ts`.

interface Results {
  readonly machine: { readonly node: string; readonly cores: number; readonly processor: string }
  readonly rows: ReadonlyArray<Row | Skipped>
}

const pathOf = (name: string) => new URL(name, import.meta.url)
const { machine, rows } = JSON.parse(readFileSync(pathOf("results.json"), "utf8")) as Results

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** The project's results as multiples of a peer's; longer is better in every bar. */
const bars = rows.flatMap((row) =>
  "skipped" in row
    ? []
    : row.peers.map(({ goal, name, ratio }) => ({
        text: `${row.what} / ${name}`,
        length: row.better === "more" ? ratio : 1 / ratio,
        goal: goal === undefined ? undefined : row.better === "more" ? goal : 1 / goal
      }))
)

const height = 26
const left = 500
const unit = 180
/** Peers beyond this are as far away as the page is wide. */
const most = 2.2

const lines = bars.map(({ goal, length, text }, index) => {
  const y = 30 + index * height
  const width = Math.min(length, most) * unit
  const isShort = goal !== undefined && length < goal
  const mark =
    goal === undefined
      ? ""
      : `<path d="M${left + goal * unit} ${y - 2}v20" stroke="#d97706" stroke-width="2" stroke-dasharray="3 2"/>`
  return (
    `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escaped(text)}</text>` +
    `<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="16" fill="${isShort ? "#dc2626" : "#2563eb"}"/>${mark}` +
    `<text x="${(left + width + 6).toFixed(1)}" y="${y + 13}">${length.toFixed(2)}</text>`
  )
})

const bottom = 40 + bars.length * height
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${left + most * unit + 60}" height="${bottom}" font-family="sans-serif" font-size="12" role="img">
<title>The project's speed in its peers'</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="18">speed, in the peer's; longer is better; dashed: the goal</text>
<path d="M${left + unit} 26V${bottom - 8}" stroke="#9ca3af"/>
${lines.join("\n")}
</svg>
`
writeFileSync(pathOf("../docs/performance.svg"), svg)

const page = readFileSync(pathOf("../docs/performance.md"), "utf8")
const place = /(<!-- results -->\n)[^]*(<!-- end of results -->)/
const written = `Node ${machine.node}, ${machine.cores} cores, ${machine.processor}.\n\n${markdown(rows)}\n\n![The project's speed in its peers'](performance.svg)\n`
writeFileSync(
  pathOf("../docs/performance.md"),
  page.replace(place, (_, begin: string, end: string) => `${begin}\n${written}\n${end}`)
)
