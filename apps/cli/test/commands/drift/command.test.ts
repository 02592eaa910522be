import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr drift", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("drift names each difference from the page", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const { exitCode, out } = yield* run("drift", backups.wrong_types, "--exit-code")
      assert.strictEqual(exitCode, 9)
      assert.match(out, /wrong type +backup\.created_at +expected string/)
      assert.strictEqual((yield* run("drift", backups.example)).out, "no drift: the answer matches the API's page")
    })
  )
})
