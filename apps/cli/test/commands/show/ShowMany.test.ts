import { Fault, layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

const id = (number: number) => `ba000000-0000-4000-8000-0000000000${String(number).padStart(2, "0")}`
const many = Array.from({ length: 12 }, (_, number) => id(number))

const put = Effect.flatMap(Simulator, (simulator) =>
  Effect.forEach(many, (backup_id) =>
    simulator.put({ backup_id, body: JSON.stringify({ backup: { id: backup_id, status: "available" } }) })
  )
)

layer(simulatorLayer(), { excludeTestServices: true })("cbr show of many", (it) => {
  const shown = (...words: ReadonlyArray<string>) =>
    Effect.flatMap(withAccessKey, (env) => commandLine(["show", "-", ...words], { env, stdin: many.join("\n") }))
  const arrived = Effect.flatMap(Simulator, ({ requests }) => requests)

  it.effect("cbr show goes on while an early call is slow, and prints in order", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* put
      yield* simulator.clearRequests
      // Not the first: others wait for that one's answer, which tells that the key is good, and their time would end with it.
      yield* simulator.inject(Fault.Hang(), { on: { backup_id: id(1) } })
      const batch = yield* Effect.forkChild(
        shown("--concurrency", "2", "-o", "ndjson", "--call-timeout", "2s", "--retries", "0")
      )
      // All others were answered, while the first still waits.
      yield* Effect.repeat(arrived, {
        until: (requests) => requests.filter(({ status }) => status === 200).length === many.length - 1,
        schedule: Schedule.spaced("10 millis")
      })
      const { exitCode, out } = yield* Fiber.join(batch)
      assert.strictEqual(exitCode, 12)
      assert.deepStrictEqual(
        out.split("\n").map((line) => {
          const { backup, id } = JSON.parse(line) as { readonly id?: string; readonly backup?: { readonly id: string } }
          return backup?.id ?? id
        }),
        many
      )
    })
  )

  it.effect.each([{ words: [] }, { words: ["--unordered"] }])(
    "has no more requests under way than --concurrency, $words",
    ({ words }) =>
      Effect.gen(function* () {
        const simulator = yield* Simulator
        yield* put
        yield* simulator.clearRequests
        // The first is answered: a key that is not known to be good is not used for many requests at once.
        yield* Effect.forEach(many.slice(1), (backup_id) => simulator.inject(Fault.Hang(), { on: { backup_id } }))
        const batch = yield* Effect.forkChild(shown("--concurrency", "5", ...words))
        yield* Effect.repeat(arrived, {
          until: (requests) => requests.length >= 6,
          schedule: Schedule.spaced("10 millis")
        })
        yield* Effect.sleep("200 millis")
        assert.lengthOf(yield* arrived, 1 + 5)
        yield* Fiber.interrupt(batch)
        yield* simulator.clearFaults
      })
  )

  it.effect("retries calls that a retry can help", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* put
      yield* simulator.clearRequests
      for (const number of [1, 7]) {
        yield* simulator.inject(Fault.Answer({ status: 503 }), { on: { backup_id: id(number) }, times: 2 })
      }
      const { err, exitCode, out } = yield* shown("-o", "ndjson")
      assert.deepStrictEqual({ err, exitCode }, { err: "", exitCode: 0 })
      assert.lengthOf(out.split("\n"), many.length)
      assert.lengthOf(yield* arrived, many.length + 4)
    })
  )
})
