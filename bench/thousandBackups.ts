import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { defaultResiliencePolicy } from "@cbr/client"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { cores, output } from "./Machine.ts"
import { cloud, folder, program, projectOf } from "./Proxies.ts"
import { type Row, rowOf } from "./Row.ts"

const ids = 1_000
const atOnce = 32
const count = 7

/**
 * Milliseconds to an answer: of a cloud far away, and of one that answers at once, where the client's own work shows.
 */
const latencies = [50, 0] as const

/** The client's guard of the real service, which `cbr` keeps before any. */
const guard = defaultResiliencePolicy.rateLimit
const aSecond = guard === undefined ? Number.POSITIVE_INFINITY : guard.requests / Duration.toSeconds(guard.window)

const cbr = join(dirname(createRequire(import.meta.url).resolve("@cbr/cli/package.json")), "dist/main.cjs")

/**
 * A thousand backups, against undici and `JSON.parse` alone with as many calls at once. The command line is measured
 * from start to end of a process, also against a peer held to the guard's rate. The library is measured in a running
 * process.
 */
export const thousandBackups = (body: string, backup_id: string) =>
  Effect.map(
    Effect.forEach(latencies, (latency) => after(latency, body, backup_id)),
    (rows) => rows.flat()
  )

const after = (latency: number, body: string, backup_id: string) =>
  Effect.gen(function* () {
    const { url } = yield* cloud(body, latency)
    const path = yield* folder
    const file = join(path, "ids")
    writeFileSync(file, `${backup_id}\n`.repeat(ids))
    const env = {
      PATH: process.env["PATH"],
      HOME: path,
      CBR_ENDPOINT: url,
      HUAWEICLOUD_SDK_AK: "BENCHACCESSKEY000001",
      HUAWEICLOUD_SDK_SK: "bench-secret-of-some-32-characters",
      HUAWEICLOUD_SDK_PROJECT_ID: projectOf(0)
    }
    const node = process.execPath
    const args = [url, projectOf(0), backup_id, String(ids), String(atOnce)]
    const paced = `undici loop, ${aSecond}/s`
    const contenders: Readonly<Record<string, ReadonlyArray<string>>> = {
      "undici loop": [node, program("undiciLoop.js"), ...args],
      [paced]: [node, program("undiciLoop.js"), ...args, String(aSecond)],
      showMany: [node, program("showMany.ts"), ...args],
      "cbr show": ["sh", "-c", `exec "${node}" "${cbr}" show - -o ndjson --concurrency ${atOnce} < "${file}"`]
    }
    const processes = new Map<string, Array<number>>()
    const calls = new Map<string, Array<number>>()
    const keep = (figures: Map<string, Array<number>>, name: string, milliseconds: number) =>
      figures.set(name, [...(figures.get(name) ?? []), milliseconds])
    for (let round = -1; round < count; round++) {
      for (const [name, command] of Object.entries(contenders)) {
        const started = performance.now()
        const printed = yield* output(cores.measured, command, env)
        const milliseconds = performance.now() - started
        if (printed.trimEnd().split("\n").length !== (name === "cbr show" ? ids : 1)) {
          return yield* Effect.die(new Error(`${name} printed:\n${printed.slice(0, 500)}`))
        }
        if (round < 0) continue
        keep(processes, name, milliseconds)
        keep(calls, name, Number(printed.split(" ")[1]))
      }
    }
    const rowFor = (
      name: "cbr show" | "showMany",
      figures: ReadonlyMap<string, ReadonlyArray<number>>,
      ...peers: ReadonlyArray<string>
    ) =>
      rowOf(
        { what: `${name}, ${ids} ids, ${latency} ms away`, unit: "ms", better: "less" },
        name,
        new Map([name, ...peers].map((contender) => [contender, figures.get(contender) ?? []])),
        Object.fromEntries(peers.map((peer) => [peer, latency === 0 && name === "showMany" ? 1.6 : 1.3]))
      )
    return [
      rowFor("cbr show", processes, "undici loop", paced),
      rowFor("showMany", calls, "undici loop")
    ] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
