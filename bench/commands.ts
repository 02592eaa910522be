import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { cores, output } from "./Machine.ts"
import { cloud, folder, program, projectOf } from "./Proxies.ts"
import { type Row, rowOf } from "./Row.ts"

const ids = 1_000
const atOnce = 32
const count = 7

const cbr = join(dirname(createRequire(import.meta.url).resolve("@cbr/cli/package.json")), "dist/main.cjs")

/**
 * A thousand backups from start to end of a process: by the command line and
 * by the library, against undici and `JSON.parse` alone, as many at once.
 */
export const commands = (body: string, backup_id: string) =>
  Effect.gen(function* () {
    const { url } = yield* cloud(body)
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
    const contenders = {
      "undici loop": [node, program("undiciLoop.js"), ...args],
      showMany: [node, program("showMany.ts"), ...args],
      "cbr show": ["sh", "-c", `exec "${node}" "${cbr}" show - -o ndjson --concurrency ${atOnce} < "${file}"`]
    }
    const figures = new Map<keyof typeof contenders, Array<number>>()
    for (let round = -1; round < count; round++) {
      for (const name of Object.keys(contenders) as ReadonlyArray<keyof typeof contenders>) {
        const started = performance.now()
        const printed = yield* output(cores.measured, contenders[name], env)
        const milliseconds = performance.now() - started
        if (printed.trimEnd().split("\n").length !== (name === "cbr show" ? ids : 1)) {
          return yield* Effect.die(new Error(`${name} printed:\n${printed.slice(0, 500)}`))
        }
        if (round >= 0) figures.set(name, [...(figures.get(name) ?? []), milliseconds])
      }
    }
    const rowFor = (name: "cbr show" | "showMany") =>
      rowOf(
        { what: `${name}, ${ids} ids, ${atOnce} at once`, unit: "ms", better: "less" },
        name,
        new Map([
          [name, figures.get(name) ?? []],
          ["undici loop", figures.get("undici loop") ?? []]
        ]),
        { "undici loop": 1.3 }
      )
    return [rowFor("cbr show"), rowFor("showMany")] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
