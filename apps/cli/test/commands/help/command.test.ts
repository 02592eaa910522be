import { CredentialChain } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commands } from "../../../src/commands/registry.ts"
import { displayWidth } from "../../../src/text/Style.ts"
import { outputNames } from "../../../src/values/FormatName.ts"
import { commandLine } from "../../CommandLine.ts"

describe("the help of every command", () => {
  it.effect("the help of a command says in Chinese what it does", () =>
    Effect.gen(function* () {
      for (const name of Object.keys(commands)) {
        const { exitCode, out } = yield* commandLine([name, "--help", "--lang", "zh"])
        assert.strictEqual(exitCode, 0)
        assert.match(out, /^\S*\p{Script=Han}/mu)
        assert.include(out, "用法")
        if (name !== "help") {
          assert.strictEqual((yield* commandLine(["--lang", "zh", "help", name])).out, out)
        }
      }
    })
  )
})

describe("the topics of cbr help", () => {
  const topics = ["exit-codes", "environment", "output", "auth"]

  it.effect("fit a terminal, without a line's worth of blanks", () =>
    Effect.gen(function* () {
      for (const language of ["en", "zh"]) {
        for (const topic of topics) {
          const words = ["help", topic, "--no-color", "--lang", language]
          const { out } = yield* commandLine(words, { stdoutIsTerminal: true })
          assert.isAtMost(Math.max(...out.split("\n").map(displayWidth)), 80)
          assert.notMatch(out, /^ {50}|\n\n\n/m)
        }
      }
    })
  )

  it.effect("the topics are data where data are asked for, in English", () =>
    Effect.gen(function* () {
      for (const topic of topics) {
        const { out } = yield* commandLine(["help", topic, "-o", "json", "--lang", "zh"])
        assert.isAbove((JSON.parse(out) as ReadonlyArray<unknown>).length, 7)
        assert.notMatch(out, /\p{Script=Han}/u)
      }
      const codes = yield* commandLine(["help", "exit-codes", "-o", "json", "--query", "[?code=='5']"])
      assert.deepStrictEqual(JSON.parse(codes.out), [{ code: "5", meaning: "backup not found", retry: "no" }])
    })
  )

  it.effect("name the variables of the flags that every command has, too", () =>
    Effect.gen(function* () {
      const { out } = yield* commandLine(["help", "environment"])
      const flags = ["OUTPUT", "QUERY", "PROFILE", "LANG", "ERROR_FORMAT", "COLOR"].map((flag) => `CBR_${flag}`)
      for (const name of [...flags, "NO_COLOR", "CLICOLOR_FORCE"]) assert.match(out, new RegExp(`^${name} +--`, "m"))
    })
  )

  it.effect.each(["en", "zh"])("say in %s of each place of credentials what sets it up", (lang) =>
    Effect.gen(function* () {
      const { out } = yield* commandLine(["help", "auth", "--lang", lang])
      const places = out.split("\n").filter((line) => /^\d /.test(line))
      assert.lengthOf(places, CredentialChain.sources.length)
      for (const place of places) assert.match(place, lang === "en" ? /: ./ : /：./)
    })
  )

  it.effect("the topic of output names every format that -o takes", () =>
    Effect.gen(function* () {
      const { out } = yield* commandLine(["help", "output"])
      for (const name of outputNames) assert.match(out, new RegExp(`\\b${name}\\b`))
    })
  )
})

describe("the format in a pipe", () => {
  const saved = `{"backup":{"id":"6df2b54c-dd62-4059-a07c-1b8f24f2725d","status":"available"}}`

  it.effect.each([
    { words: ["show", "--from", "-"], isJson: true },
    { words: ["list", "--from", "-"], isJson: true },
    { words: ["check", "--from", "-", "--status", "available"], isJson: false },
    { words: ["drift", "--from", "-"], isJson: false },
    { words: ["explain", "status"], isJson: false },
    { words: ["profiles"], isJson: false },
    { words: ["help"], isJson: false }
  ])("is JSON for $words: $isJson, and with -o json always", ({ isJson, words }) =>
    Effect.gen(function* () {
      const printed = (...more: ReadonlyArray<string>) =>
        Effect.map(commandLine([...words, ...more], { config: "/nowhere", stdin: saved }), ({ out }) => out)
      assert.strictEqual(/^[[{]/.test(yield* printed()), isJson)
      assert.match(yield* printed("-o", "json"), /^[[{]/)
    })
  )
})
