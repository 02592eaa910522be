import { layer as simulatorLayer } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine } from "../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("a query", (it) => {
  it.effect("a query picks exact integers from the answer, and an invalid query is a usage error", () =>
    Effect.gen(function* () {
      const stdin = `{"backup":{"size":9007199254740993,"status":"available"}}`
      const from = ["show", "--from", "-"]
      assert.strictEqual((yield* commandLine([...from, "--query", "backup.size"], { stdin })).out, "9007199254740993")
      assert.strictEqual(
        (yield* commandLine([...from, "--query", "backup.status", "-o", "value"], { stdin })).out,
        "available"
      )
      assert.strictEqual((yield* commandLine([...from, "--query", "backup.["], { stdin })).exitCode, 2)
    })
  )
})
