import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { cores, output } from "./Machine.ts"
import { folder, program } from "./Proxies.ts"
import { type Row, rowOf } from "./Row.ts"

/** From the page's example as text to a typed backup, against parsing it alone, and against zod. */
export const reading = (body: string) =>
  Effect.gen(function* () {
    const file = join(yield* folder, "body.json")
    writeFileSync(file, body)
    const text = yield* output(cores.measured, [process.execPath, program("reading.ts"), file])
    const rounds = new Map(Object.entries(JSON.parse(text) as Record<string, ReadonlyArray<number>>))
    return [
      rowOf({ what: "parse and typed reading", unit: "µs", better: "less" }, "project", rounds, {
        "JSON.parse": 1.25,
        "JSON.parse + zod": 1
      })
    ] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
