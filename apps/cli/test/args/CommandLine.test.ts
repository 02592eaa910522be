import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readCommandLine } from "../../src/args/CommandLine.ts"
import { commandLine } from "../CommandLine.ts"

describe("mayCall of readCommandLine", () => {
  it.each([
    { words: ["check"], may: true },
    { words: ["--lang", "zh", "check", "ID"], may: true },
    { words: ["--debug", "check", "ID"], may: true },
    { words: ["--timeout", "5s", "check", "ID"], may: true },
    { words: ["--profile", "check", "show", "ID"], may: false },
    { words: ["show", "check"], may: false },
    { words: ["show", "--from", "check"], may: false },
    { words: ["simulate", "--", "cbr", "check"], may: false },
    { words: ["--", "check"], may: false },
    { words: [], may: false }
  ])("is $may of check for $words", ({ may, words }) => {
    assert.strictEqual(readCommandLine(words).mayCall("check"), may)
  })
})

describe("a flag of every command, before or behind its command,", () => {
  it.each([
    { words: ["-o", "json", "show"], output: "json", command: "show" },
    { words: ["-o=json", "show"], output: "json", command: "show" },
    { words: ["--output=json", "--lang", "zh", "show"], output: "json", command: "show" },
    { words: ["show", "-o", "json", "--output", "yaml"], output: "yaml", command: "show" },
    { words: ["show", "--query", "a=b", "-o", "csv"], output: "csv", command: "show" },
    { words: ["simulate", "--", "cbr", "-o", "json"], output: undefined, command: "simulate" },
    { words: ["--profile", "show", "check"], output: undefined, command: "check" },
    { words: ["show", "-o"], output: undefined, command: "show" }
  ])("gives $words the output $output and the command $command", ({ command, output, words }) => {
    const line = readCommandLine(words)
    assert.deepStrictEqual([line.value("output"), line.command], [output, command])
  })

  it.effect.each([
    { words: ["--color"], coloured: true },
    { words: ["--color=yes"], coloured: true },
    { words: ["--color=no"], coloured: false },
    { words: ["--no-color"], coloured: false }
  ])("colours the result of $words: $coloured", ({ coloured, words }) =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["explain", "status", ...words], { env: { CBR_COLOR: "yes" } })
      assert.deepStrictEqual([exitCode, out.includes("\u001b[")], [0, coloured])
    })
  )
})
