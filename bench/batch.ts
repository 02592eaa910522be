import { Fault, Simulator } from "@cbr/simulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { fed } from "./NodeProcess.ts"

/** A long batch of ids, as its reader and as the service saw it. */
export interface Batch {
  readonly ids: number
  /** Ids whose first two answers are 503. */
  readonly flaky: number
  readonly concurrency: number
  readonly exitCode: number
  readonly printed: number
  /** Requests that arrived. */
  readonly requests: number
  /** The most requests that were seen to wait for their answer at once. */
  readonly atOnce: number
  /** The most memory that the process held. */
  readonly megabytes: number
  readonly milliseconds: number
  /** Milliseconds to the first line. */
  readonly first: number | undefined
}

/** Answers come after this, so that requests are under way at the same time. */
const delay = "20 millis"

/** Feeds `count` ids to a batch on stdin; one in twenty meets two 503s before its answer. */
export const measureBatch = Effect.fnUntraced(function* (
  cbr: string,
  env: NodeJS.ProcessEnv,
  { concurrency, ids: count }: Pick<Batch, "concurrency" | "ids">
) {
  const simulator = yield* Simulator
  const ids = Array.from({ length: count }, (_, index) =>
    index % 20 === 19 ? `f1a00000-0000-4000-8000-${String(index).padStart(12, "0")}` : simulator.backups.example
  )
  const flaky = ids.filter((id) => id !== simulator.backups.example)
  for (const id of flaky) {
    yield* simulator.put({ backup_id: id, body: JSON.stringify({ backup: { id, status: "available" } }) })
    yield* simulator.inject(Fault.Answer({ status: 503 }), { on: { backup_id: id }, times: 2 })
  }
  yield* simulator.inject(Fault.Delay({ duration: delay }), { on: "cbr", times: Number.POSITIVE_INFINITY })
  yield* simulator.clearRequests

  let atOnce = 0
  const watching = yield* simulator.requests.pipe(
    Effect.map((requests) => {
      atOnce = Math.max(atOnce, requests.filter(({ status }) => status === undefined).length)
    }),
    Effect.repeat(Schedule.spaced("7 millis")),
    Effect.forkChild
  )
  const words = [cbr, "show", "-", "-o", "ndjson", "--concurrency", String(concurrency)]
  const { bytes, exitCode, first, milliseconds, out } = yield* fed(words, env, `${ids.join("\n")}\n`)
  yield* Fiber.interrupt(watching)
  const requests = (yield* simulator.requests).length
  yield* simulator.clearFaults
  const batch: Batch = {
    ids: count,
    flaky: flaky.length,
    concurrency,
    exitCode,
    printed: out.split("\n").filter((line) => line.includes('"backup"')).length,
    requests,
    atOnce,
    megabytes: bytes / 2 ** 20,
    milliseconds,
    first
  }
  return batch
})
