import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readCommandLine } from "../../src/args/CommandLine.ts"
import { commandLine } from "../CommandLine.ts"

describe("a command line that may call check", () => {
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
  ])("$words: $may", ({ may, words }) => {
    assert.strictEqual(readCommandLine(words).mayCall("check"), may)
  })
})

describe("a flag of every command", () => {
  it.each([
    { words: ["-o", "json", "show"], output: "json", command: "show" },
    { words: ["-o=json", "show"], output: "json", command: "show" },
    { words: ["--output=json", "--lang", "zh", "show"], output: "json", command: "show" },
    { words: ["show", "-o", "json", "--output", "yaml"], output: "yaml", command: "show" },
    { words: ["show", "--query", "a=b", "-o", "csv"], output: "csv", command: "show" },
    { words: ["simulate", "--", "cbr", "-o", "json"], output: undefined, command: "simulate" },
    { words: ["--profile", "show", "check"], output: undefined, command: "check" },
    { words: ["show", "-o"], output: undefined, command: "show" }
  ])("$words has the output $output and calls $command", ({ command, output, words }) => {
    const line = readCommandLine(words)
    assert.deepStrictEqual([line.value("output"), line.command], [output, command])
  })

  it.effect.each([
    { words: ["--color"], coloured: true },
    { words: ["--color=yes"], coloured: true },
    { words: ["--color=no"], coloured: false },
    { words: ["--no-color"], coloured: false }
  ])("$words colours the result: $coloured", ({ coloured, words }) =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["explain", "status", ...words], { env: { CBR_COLOR: "yes" } })
      assert.deepStrictEqual([exitCode, out.includes("\u001b[")], [0, coloured])
    })
  )
})
