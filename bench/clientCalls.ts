import * as Effect from "effect/Effect"
import { cores, output } from "./Machine.ts"
import { cloud, program, projectOf } from "./Proxies.ts"
import { median, type Row, rowOf } from "./Row.ts"

const calls = 20_000
const count = 5

/** Processor time of one call in a warm loop, 32 at once, against undici's request and `JSON.parse`. */
export const clientCalls = (body: string, backup_id: string) =>
  Effect.gen(function* () {
    const { url } = yield* cloud(body)
    const args = (signIn: string) => [url, projectOf(0), backup_id, signIn, String(calls)]
    const contenders: Readonly<Record<string, ReadonlyArray<string>>> = {
      undici: [process.execPath, program("undiciCalls.js"), ...args("")],
      token: [process.execPath, program("clientCalls.ts"), ...args("token")],
      "AK/SK": [process.execPath, program("clientCalls.ts"), ...args("key")]
    }
    const figures = new Map<string, Array<number>>()
    for (let round = 0; round < count; round++) {
      for (const [name, command] of Object.entries(contenders)) {
        const microseconds = Number((yield* output(cores.measured, command)).split(" ")[1])
        figures.set(name, [...(figures.get(name) ?? []), microseconds])
      }
    }
    const rowFor = (name: string, goal: number) =>
      rowOf(
        { what: `client call by ${name}, processor time`, unit: "µs", better: "less" },
        name,
        new Map([name, "undici"].map((contender) => [contender, figures.get(contender) ?? []])),
        { undici: goal }
      )
    const tokens = figures.get("token") ?? []
    const signature: Row = {
      what: "what a signature by AK/SK adds to a client call, processor time",
      unit: "µs",
      better: "less",
      value: median((figures.get("AK/SK") ?? []).map((signed, round) => signed - (tokens[round] ?? Number.NaN))),
      peers: [],
      goal: 20
    }
    return [rowFor("token", 2.2), rowFor("AK/SK", 3), signature] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
