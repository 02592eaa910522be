import { writeFileSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { parseArgs } from "node:util"
import { Simulator, layer as simulatorLayer } from "@cbr/simulator"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { board } from "./board.ts"
import { cacheHits } from "./cacheHits.ts"
import { cacheMisses } from "./cacheMisses.ts"
import { clientCalls } from "./clientCalls.ts"
import { decoding } from "./decoding.ts"
import { lists } from "./lists.ts"
import { lacking } from "./Machine.ts"
import type { Row, Skipped } from "./Row.ts"
import { startTimes } from "./startTimes.ts"
import { table } from "./Table.ts"
import { thousandBackups } from "./thousandBackups.ts"
import { watchers } from "./watchers.ts"

const names = [
  "decoding",
  "clientCalls",
  "lists",
  "cacheHits",
  "cacheMisses",
  "thousandBackups",
  "watchers",
  "startTimes",
  "board"
] as const
type Name = (typeof names)[number]

const usage = `The project against its peers, a few minutes for all: pnpm bench [--only NAME], of ${names.join(", ")}`

/** The chosen measurements; a word if there is none. */
const chosen = (): ReadonlyArray<Name> | "help" | "wrong use" => {
  try {
    const { help, only } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean" } } }).values
    const found = names.filter((name) => only === undefined || name === only)
    return help === true ? "help" : found.length === 0 ? "wrong use" : found
  } catch {
    return "wrong use"
  }
}

/** The page's example, as the cloud serves it. */
const example = Effect.gen(function* () {
  const { backups, cbr, issueToken, project_id } = yield* Simulator
  const token = Redacted.value(yield* issueToken)
  const response = yield* Effect.promise(() =>
    fetch(`${cbr}/v3/${project_id}/backups/${backups.example}`, { headers: { "x-auth-token": token } })
  )
  return { backup_id: backups.example, body: yield* Effect.promise(() => response.text()) }
}).pipe(Effect.provide(simulatorLayer()))

const watching = Effect.map(
  watchers(),
  ({ intervals, looks, megabytesIdle, megabytesMore, watchers }): ReadonlyArray<Row> => {
    const row = { better: "less", peers: [] } as const
    return [
      { ...row, what: `looks for ${watchers} watchers, an interval`, unit: "", value: looks / intervals, goal: 1.1 },
      { ...row, what: `memory of ${watchers} watchers`, unit: "MB", value: megabytesMore, goal: 25 },
      { ...row, what: "memory of the proxy, idle", unit: "MB", value: megabytesIdle, goal: 40 }
    ]
  }
)

const bench = Effect.gen(function* () {
  const asked = chosen()
  if (asked === "help") return yield* Console.log(usage)
  if (asked === "wrong use") {
    process.exitCode = 2
    return yield* Console.error(usage)
  }
  const { backup_id, body } = yield* example
  const measurements: Readonly<
    Record<Name, { readonly tools: ReadonlyArray<string>; readonly rows: Effect.Effect<ReadonlyArray<Row>, unknown> }>
  > = {
    decoding: { tools: [], rows: decoding(body) },
    clientCalls: { tools: [], rows: clientCalls(body, backup_id) },
    lists: { tools: [], rows: lists },
    cacheHits: { tools: ["wrk"], rows: cacheHits(body, backup_id) },
    cacheMisses: { tools: ["wrk"], rows: cacheMisses(body) },
    thousandBackups: { tools: [], rows: thousandBackups(body, backup_id) },
    watchers: { tools: [], rows: watching },
    startTimes: { tools: [], rows: startTimes },
    board: { tools: ["chromium"], rows: board }
  }
  const rows: Array<Row | Skipped> = []
  for (const name of asked) {
    const { rows: measured, tools } = measurements[name]
    const lack = lacking(...tools)
    yield* Console.error(lack === undefined ? `measuring ${name} …` : `skipping ${name}: ${lack}`)
    if (lack === undefined) rows.push(...(yield* measured))
    else rows.push({ what: name, skipped: lack })
  }
  yield* Console.log(table(rows))
  const machine = { node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model ?? "" }
  const file = new URL("results.json", import.meta.url)
  writeFileSync(file, `${JSON.stringify({ machine, rows }, null, 2)}\n`)
})

NodeRuntime.runMain(bench)
