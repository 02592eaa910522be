import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("the settings of a call", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("the client sends no credential to an address that is not CBR's", () =>
    Effect.gen(function* () {
      const { backups, cbr, project_id } = yield* Simulator
      const foreign = yield* run("show", `https://evil.example/v3/${project_id}/backups/${backups.example}`)
      assert.strictEqual(foreign.exitCode, 2)
      assert.include(foreign.err, "neither CBR's in a known region nor the configured endpoint")
      assert.strictEqual((yield* run("show", `${cbr}/v3/${project_id}/backups/${backups.example}`)).exitCode, 0)
    })
  )

  it.effect("a region of a flag overrides an address of the environment, and a note says so", () =>
    Effect.gen(function* () {
      const { backups, cbr } = yield* Simulator
      const asked = yield* run("whoami", "--region", "cn-north-4")
      assert.include(asked.out, "https://cbr.cn-north-4.myhuaweicloud.com")
      assert.match(asked.out, new RegExp(`${cbr} +from CBR_ENDPOINT, not used`))
      assert.strictEqual(asked.err, "cbr: note: --region was given, so CBR_ENDPOINT is not used")
      const both = yield* run("show", backups.example, "--region", "cn-north-4", "--endpoint", cbr)
      assert.deepStrictEqual({ err: both.err, exitCode: both.exitCode }, { err: "", exitCode: 0 })
    })
  )
})
