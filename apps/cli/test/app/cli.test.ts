import { assert, describe, it } from "@effect/vitest"
import { Effect, Stdio, Stream } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { commandLine } from "../CommandLine.ts"

describe("cbr", () => {
  it.effect.each([{ words: ["--version"] }, { words: ["show", "--version"] }, { words: ["-v"] }])(
    "$words prints the version alone",
    ({ words }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* commandLine(words), { exitCode: 0, out: manifest.version, err: "" })
      })
  )

  it.effect.each([{ words: ["--help"] }, { words: ["show", "--help"] }])("$words prints help on stdout", ({ words }) =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(words)
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(err, "")
      assert.include(out, "USAGE")
    })
  )

  it.effect("cbr prints help on stderr without a command, as a usage error", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine([])
      assert.deepStrictEqual({ exitCode, out }, { exitCode: 2, out: "" })
      assert.include(err, "USAGE")
    })
  )

  it.effect("cbr reports a fault of its own in one line with advice and without a stack: exit 1", () =>
    Effect.gen(function* () {
      const broken = Stdio.layerTest({ stdin: Stream.die(new TypeError("broken")) })
      const { err, exitCode, out } = yield* commandLine(["show", "--from", "-"], { stdio: broken })
      assert.strictEqual(exitCode, 1)
      assert.strictEqual(out, "")
      assert.match(err, /^cbr: a fault in cbr itself: TypeError: [^\n]+ \(exit 1\); please report it[^\n]+$/)
      const { err: told } = yield* commandLine(["show", "--from", "-", "--debug"], { stdio: broken })
      assert.match(told, /^cbr: a fault in cbr itself: [^\n]+\n {4}at [^\n]+cli\.test\.ts/)
    })
  )

  it.effect("cbr suggests a flag for a misspelt one, with the usage", () =>
    Effect.gen(function* () {
      const { err } = yield* commandLine(["show", "--frm", "x"])
      assert.include(err, "Did you mean this? --from")
      assert.include(err, "usage: cbr show [flags] [<ID...>]")
    })
  )

  it.effect.each([
    { words: ["show", "x", "--outptu", "json"], meant: "--output" },
    { words: ["--outptu=json", "show", "x"], meant: "--output" },
    { words: ["show", "x", "--no-colour"], meant: "--no-color" },
    { words: ["show", "x", "--hlep"], meant: "--help" },
    { words: ["show", "x", "--pofile", "y"], meant: "--profile" },
    { words: ["show", "x", "--nothing-like-it"], meant: undefined }
  ])("suggests a global flag for a misspelt one: $words", ({ meant, words }) =>
    Effect.gen(function* () {
      const { err, exitCode } = yield* commandLine(words)
      assert.strictEqual(exitCode, 2)
      assert.strictEqual(/Did you mean this\? (\S+)$/m.exec(err)?.[1], meant)
      const { err: told } = yield* commandLine([...words, "--lang", "zh"])
      assert.strictEqual(/您是否要用 (\S+)？$/m.exec(told)?.[1], meant)
    })
  )
})
