import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { commandLine, withAccessKey } from "../../CommandLine.ts"

layer(simulatorLayer(), { excludeTestServices: true })("cbr diff", (it) => {
  const run = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
    return yield* commandLine(words, { env: yield* withAccessKey })
  })

  it.effect("diff prints what differs, and --exit-code ends it with 9", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const same = yield* run("diff", backups.tree, backups.tree, "--exit-code")
      assert.deepStrictEqual(same, { exitCode: 0, out: "no difference", err: "" })
      const other = yield* run("diff", backups.available, backups.error, "--exit-code")
      assert.strictEqual(other.exitCode, 9)
      assert.include(other.out, `~ status: "available" → "error"`)
      assert.strictEqual((yield* run("diff", backups.tree, "/nowhere.json")).exitCode, 2)
    })
  )

  it.effect("diff and a dry run wrap on a terminal, and not in a pipe", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      for (const words of [
        ["diff", backups.tree, backups.available],
        ["show", backups.tree, "--dry-run"]
      ]) {
        const env = yield* withAccessKey
        const widest = (out: string) => Math.max(...out.split("\n").map((line) => line.length))
        const shown = yield* commandLine([...words, "--no-color"], { env, stdoutIsTerminal: true })
        assert.isAtMost(widest(shown.out), 80)
        assert.isAbove(widest((yield* run(...words)).out), 80)
      }
    })
  )
})
