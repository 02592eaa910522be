import { join } from "node:path"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { commandLine, withAccessKey } from "../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("the trace of attempts", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("--trace-file has a line of JSON for each attempt, without secrets", () =>
    Effect.gen(function* () {
      const { ak, backups, faults, sk } = yield* Simulator
      const files = yield* FileSystem.FileSystem
      const file = join(yield* files.makeTempDirectoryScoped(), "trace")
      yield* run("show", backups.example, "--trace-file", file)
      yield* run("show", faults.unavailable, "--retries", "1", "--trace-file", file)
      const text = yield* files.readFileString(file)
      const lines = text.trimEnd().split("\n")
      assert.deepStrictEqual(
        lines.map((line) => (({ number, status_code }) => [number, status_code])(JSON.parse(line))),
        [
          [1, 200],
          [1, 503],
          [2, 503]
        ]
      )
      for (const secret of [ak, Redacted.value(sk), "Signature"]) assert.notInclude(text, secret)
      assert.strictEqual((yield* run("show", backups.example, "--trace-file", "/nowhere/trace")).exitCode, 2)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
