import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Outcome } from "./checks/Check.ts"

/** What the tests found, by runtime and door. */
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

/** The outcomes as a table of Markdown, for the README. */
const table = (): string => {
  const rows = Object.entries(read()).map(
    ([runtime, { effect = "–", promise = "–" }]) => `| ${runtime} | ${promise} | ${effect} |`
  )
  return ["| Runtime | Checks with promises | Checks with Effect |", "| --- | --- | --- |", ...rows].join("\n")
}

if (import.meta.main) console.log(table())
