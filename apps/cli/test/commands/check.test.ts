import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mayCall } from "../../src/Presentation.ts"
import { commandLine, withAccessKey } from "../CommandLine.ts"

const id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

const failed = JSON.stringify({ backup: { status: "error", created_at: new Date().toISOString(), protected_at: null } })

describe("cbr check, as a monitoring plugin", () => {
  it.effect.each([
    { words: ["check"], says: "wrong use: Missing required argument: ID" },
    { words: ["--lang", "en", "check"], says: "wrong use: Missing required argument: ID" },
    { words: ["--timeout", "5s", "check", id], says: "wrong use: Unrecognized flag: --timeout in command cbr" },
    {
      words: ["check", "--form", "x"],
      says: "wrong use: Unrecognized flag: --form in command cbr check. Did you mean"
    },
    { words: ["check", id, "--max-age", "old"], says: "wrong use: Invalid value for flag --max-age" },
    { words: ["check", id, "--max-age", "1h", "--warn-age", "5h"], says: "wrong use: the warning of --warn-age" },
    { words: ["check", id], says: "wrong use: no rule was given" },
    { words: ["check", "--from", "-", "--status", "error", "--query", "backup.["], says: "query cannot be used: " },
    { words: ["check", "--from", "-", "--status", "error", "--query", "abs(@)"], says: "query cannot be used: " },
    { words: ["check", id, "--from", "-", "--status", "error"], says: "wrong use: ID and --from exclude each other" },
    {
      words: ["check", id, "--policy", "/nowhere.yaml"],
      says: "policy cannot be used: it cannot be read: no such file"
    },
    {
      words: ["check", "--from", "/nowhere.json", "--status", "error"],
      says: "saved response cannot be used: it cannot be read"
    }
  ])("$words cannot be made: one line that says so, and UNKNOWN", ({ says, words }) =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(words, { stdin: failed })
      assert.strictEqual(exitCode, 3)
      assert.isTrue(out.startsWith(`CBR UNKNOWN - ${says}`), out)
      assert.notInclude(out, "\n")
      assert.include(err, "(exit 3)")
    })
  )

  it.effect.each([
    { words: ["--exit-style", "cli"], env: {} },
    { words: ["--exit-style=cli"], env: {} },
    { words: [], env: { CBR_EXIT_STYLE: "cli" } }
  ])("with $words and $env wrong use is as elsewhere", ({ env, words }) =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["check", ...words], { env })
      assert.deepStrictEqual({ exitCode, out }, { exitCode: 2, out: "" })
      assert.include(err, "(exit 2)")
    })
  )

  it.effect("where data are asked for, standard output has no line that is none", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* commandLine(["check", "-o", "json"])
      assert.deepStrictEqual({ exitCode, out }, { exitCode: 3, out: "" })
      assert.strictEqual(JSON.parse(err).exit, 3)
    })
  )

  it.effect.each([{ words: [] }, { words: ["-o", "table"] }, { words: ["-o", "value"] }])(
    "with --query and $words its result stands alone",
    ({ words }) =>
      Effect.gen(function* () {
        const query = ["--status", "available", "--query", "[0].findings[0].actual"]
        const { exitCode, out } = yield* commandLine(["check", "--from", "-", ...query, ...words], { stdin: failed })
        assert.strictEqual(exitCode, 2)
        assert.match(out, /^"?error"?$/)
      })
  )

  it.effect("a backup that failed a moment ago is not fresh", () =>
    Effect.gen(function* () {
      const words = ["check", "--from", "-", "--max-age", "24h"]
      const { exitCode, out } = yield* commandLine(words, { stdin: failed })
      assert.strictEqual(exitCode, 2)
      assert.match(
        out,
        /^CBR CRITICAL - age error, without protected_at: it failed, and holds nothing, expected at most/
      )
      assert.notInclude(out, "age=")
      const chinese = yield* commandLine([...words, "--lang", "zh"], { stdin: failed })
      assert.include(chinese.out, "备份失败，没有内容")
    })
  )
})

layer(simulatorLayer(), { excludeTestServices: true })("cbr check of a backup that is not there", (it) => {
  it.effect.each([
    { style: "monitoring", exit: 3 },
    { style: "cli", exit: 5 }
  ])("with --exit-style $style tells the code that it ends with", ({ exit, style }) =>
    Effect.gen(function* () {
      const { faults } = yield* Simulator
      const words = ["check", faults.not_found, "--status", "available", "--exit-style", style]
      const { err, exitCode } = yield* commandLine(words, { env: yield* withAccessKey })
      assert.strictEqual(exitCode, exit)
      assert.match(err, new RegExp(`^cbr: backup not found \\(exit ${exit}\\)`))
    })
  )
})

describe("mayCall", () => {
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
    assert.strictEqual(mayCall(words, "check"), may)
  })
})
