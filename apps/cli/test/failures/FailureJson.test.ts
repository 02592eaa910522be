import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("an error as JSON", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("an error is JSON with stable keys if the result is JSON", () =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const { err, out } = yield* run("show", faults.not_found, "-o", "json")
      assert.strictEqual(out, "")
      assert.deepStrictEqual(
        Object.keys(JSON.parse(err)).join(" "),
        "kind exit message why next retryable retry_after_s http_status service_code request_id proxy_id url attempts elapsed_ms detail"
      )
    })
  )
})
