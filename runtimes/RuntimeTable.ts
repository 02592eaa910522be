import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Outcome } from "./checks/Check.ts"

/** The results of the tests, by runtime and entry point. */
const file = join(import.meta.dirname, "outcomes.json")

type Outcomes = Record<string, Record<string, string>>

const read = (): Outcomes => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Outcomes) : {})

/** Keeps how many checks of a door held on a runtime. */
export const record = (runtime: string, door: string, outcomes: ReadonlyArray<Outcome>): void => {
  const all = read()
  const held = outcomes.filter(({ error }) => error === undefined).length
  writeFileSync(
    file,
    `${JSON.stringify({ ...all, [runtime]: { ...all[runtime], [door]: `${held} of ${outcomes.length}` } }, null, 2)}\n`
  )
}

const order = ["Node 22.19", "Node 24", "Node 26", "Bun 1.4", "Deno 2.9", "workerd", "Chromium"]

/** The doors, in the order of the columns. */
const doors = ["promise", "environment", "effect"]

/** The outcomes as a table of Markdown, in the README's own form. */
const table = (): string => {
  const all = read()
  const rows = order.map((runtime) => [runtime, ...doors.map((door) => all[runtime]?.[door] ?? "–")])
  const cells = [["runtime", "checks with promises", "checks with `fromEnvironment`", "checks with Effect"], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: ReadonlyArray<string>) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = cells
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n")
}

const readme = join(import.meta.dirname, "../packages/client/README.md")
const [start, end] = ["<!-- table of runtimes -->", "<!-- end of table -->"]

// Writes the table into the client's README: `node RuntimeTable.ts`; with `--check` it fails where the README has another one.
if (import.meta.main) {
  const text = readFileSync(readme, "utf8")
  const [before, rest = ""] = text.split(start)
  const [, after] = rest.split(end)
  if (before === undefined || after === undefined) throw new Error("the README has no place for the table")
  const current = `${before}${start}\n\n${table()}\n\n${end}${after}`
  if (!process.argv.includes("--check")) writeFileSync(readme, current)
  else if (current !== text) throw new Error("the README has another table: run `pnpm --filter @cbr/runtimes table`")
}
