import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey, withToken } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr show --dry-run", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("a dry run shows the canonical request and sends nothing, neither secret nor signature", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      yield* simulator.clearRequests
      const { exitCode, out } = yield* run("show", "--dry-run", simulator.backups.example)
      assert.strictEqual(exitCode, 0)
      assert.include(out, "Canonical request:\n  GET\n  /v3/")
      assert.include(out, "Access=SIMU***, SignedHeaders=host;x-project-id;x-sdk-date, Signature=***")
      assert.notMatch(out, /simulatedSecret/)
      assert.deepStrictEqual(yield* simulator.requests, [])
    })
  )

  it.effect("a dry run says that nothing was sent, with a key and with a token", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const env of [yield* withAccessKey, yield* withToken]) {
        const { err } = yield* commandLine(["show", "--dry-run", backups.example], { env })
        assert.strictEqual(err, "cbr: nothing was sent")
      }
    })
  )
})
