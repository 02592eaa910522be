import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { cores, output } from "./Machine.ts"
import { folder, program } from "./Proxies.ts"
import { type Row, rowOf } from "./Row.ts"

/** The cost to redact 1 MiB of a hostile text, as a multiple of that of a quarter of it. */
const redaction = Effect.gen(function* () {
  const text = yield* output(cores.measured, [process.execPath, program("redaction.ts")])
  return {
    what: "redaction, four times the text",
    unit: "times",
    better: "less",
    value: Number(text),
    peers: [],
    goal: 6
  } satisfies Row
})

/** From the page's example as text to a typed backup, against parsing it alone, and against zod. */
export const decoding = (body: string) =>
  Effect.gen(function* () {
    const file = join(yield* folder, "body.json")
    writeFileSync(file, body)
    const text = yield* output(cores.measured, [process.execPath, program("decoding.ts"), file])
    const rounds = new Map(Object.entries(JSON.parse(text) as Record<string, ReadonlyArray<number>>))
    return [
      rowOf({ what: "parse and typed reading", unit: "µs", better: "less" }, "project", rounds, {
        "JSON.parse": 1.25,
        "JSON.parse + zod": 1
      }),
      yield* redaction
    ] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
