import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Completions from "effect/cli/Completions"
import { commandTree } from "../../src/app/cli.ts"
import { variableOf } from "../../src/args/Environment.ts"
import { globalFlagsDescriptor } from "../../src/args/FlagDescriptors.ts"
import { en } from "../../src/messages/en.ts"
import { commandLine } from "../CommandLine.ts"

/** A word as a slip of the finger has it. */
const misspelt = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}${word.at(-1)}`

describe("a suggestion", () => {
  it.effect("a suggestion names the near value of every flag, variable and argument that takes one of some words", () =>
    Effect.gen(function* () {
      const tree = Completions.fromCommand(yield* commandTree(en))
      let tried = 0
      for (const command of tree.subcommands) {
        const own = command.name === "show" ? [...command.flags, ...globalFlagsDescriptor(en).flags] : command.flags
        for (const { description = "", name, type } of own) {
          if (type._tag !== "Choice") continue
          for (const value of type.values) {
            const says = new RegExp(`(?:did you mean|是否想用) ${value}[?？]`)
            const flag = yield* commandLine([command.name, "x", `--${name}=${misspelt(value)}`])
            assert.match(flag.err, says, `${command.name} --${name}`)
            tried++
            if (!description.includes("[env: ")) continue
            const env = { [variableOf(name)]: misspelt(value) }
            assert.match((yield* commandLine([command.name, "x"], { env })).err, says, variableOf(name))
          }
        }
        for (const { name, type } of command.arguments) {
          if (type._tag !== "Choice") continue
          for (const value of type.values) {
            const { err } = yield* commandLine([command.name, misspelt(value)])
            assert.match(err, new RegExp(`did you mean (?:${value}|ls)\\?`), `${command.name} <${name}>`)
            tried++
          }
        }
      }
      assert.isAbove(tried, 40)
    })
  )

  it.effect("a suggestion names the near flag or command for every misspelt one", () =>
    Effect.gen(function* () {
      const tree = Completions.fromCommand(yield* commandTree(en))
      for (const command of tree.subcommands) {
        const other = yield* commandLine([misspelt(command.name)])
        assert.match(other.err, new RegExp(`Did you mean this\\? ${command.name}\\n`), command.name)
        for (const { name } of command.flags) {
          const { err } = yield* commandLine([command.name, `--${misspelt(name)}`])
          assert.match(err, new RegExp(`Did you mean this\\? --${name}(?: |\\n)`), `${command.name} --${name}`)
        }
      }
    })
  )

  it.effect.each([
    { words: ["get", "x"], en: "Did you mean this? show or list\n", zh: "您是否要用 show、list？" },
    { words: ["show", "x", "-q", "y"], en: "Did you mean this? --query", zh: "您是否要用 --query？" },
    { words: ["show", "x", "--json"], en: "Did you mean this? -o json", zh: "您是否要用 -o json？" },
    { words: ["show", "x", "-o", "yml"], en: "did you mean yaml?", zh: "是否想用 yaml？" },
    { words: ["check", "x", "--status", "Available"], en: "did you mean available?", zh: "是否想用 available？" },
    { words: ["wait", "x", "--for", "status=Availabel"], en: "did you mean available?", zh: "是否想用 available？" },
    { words: ["wait", "x", "--for", "statsu=available"], en: "did you mean status?", zh: "是否想用 status？" },
    {
      words: ["wait", "x", "--for", "available"],
      en: "did you mean status=available?",
      zh: "是否想用 status=available？"
    },
    {
      words: ["wait", "x", "--for", "deleting"],
      en: "did you mean status=deleting?",
      zh: "是否想用 status=deleting？"
    },
    { words: ["wait", "x", "--for", "restorable=snapshto"], en: "did you mean snapshot?", zh: "是否想用 snapshot？" },
    { words: ["explain", "waiting-protect"], en: "did you mean waiting_protect?", zh: "是否想用 waiting_protect？" },
    { words: ["explain", "expiredat"], en: "did you mean expired_at?", zh: "是否想用 expired_at？" },
    { words: ["explain", "time-out"], en: "did you mean timed-out?", zh: "是否想用 timed-out？" },
    { words: ["help", "exitcodes"], en: "did you mean exit-codes?", zh: "是否想用 exit-codes？" },
    { words: ["show", "x", "--lang", "zh-CN"], en: "zh", zh: "是否想用 zh？" }
  ])("is made for $words, in both languages", ({ en, words, zh }) =>
    Effect.gen(function* () {
      const told = (lang: string) => commandLine(words, { env: { CBR_LANG: lang } })
      if (!words.includes("--lang")) assert.include((yield* told("en")).err, en)
      assert.include((yield* told("zh")).err, zh)
    })
  )

  it.effect("a suggestion names the near rule of a policy, and the near value", () =>
    Effect.gen(function* () {
      const told = yield* commandLine(["check", "x", "--policy", "-"], { stdin: "max-aeg: 3d\nstatus: Available\n" })
      assert.include(told.err, "max-aeg: No such key; did you mean max-age?")
      assert.include(told.err, "did you mean available?")
      assert.strictEqual(told.exitCode, 3)
    })
  )

  it.effect("a suggestion names the near profile", () =>
    Effect.gen(function* () {
      const config = yield* Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped())
      yield* commandLine(["configure", "work", "--region", "cn-north-4"], { config })
      const { err } = yield* commandLine(["profiles", "use", "wrok"], { config })
      assert.include(err, "did you mean work?")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("a suggestion is not made for a word that is near nothing", () =>
    Effect.gen(function* () {
      for (const words of [["show", "x", "-o", "qqqqqq"], ["xyzzy"], ["show", "--xyzzy"], ["explain", "xyzzy"]]) {
        assert.notMatch((yield* commandLine(words)).err, /did you mean/i, words.join(" "))
      }
    })
  )
})

describe("a switch", () => {
  it.effect.each(["True", "YES", "On", "1", "y", "FALSE", "no", "Off", "0", "N"])(
    "takes %s from its variable",
    (value) =>
      Effect.gen(function* () {
        const stdin = '{"backup":{"unlisted":1}}'
        const { exitCode } = yield* commandLine(["show", "--from", "-"], { stdin, env: { CBR_STRICT: value } })
        assert.strictEqual(exitCode, /^[fn0]|^off/i.test(value) ? 0 : 11)
      })
  )

  it.effect.each([
    { words: ["diff", "--exit-code", "1", "2"] },
    { words: ["diff", "1", "--exit-code", "yes"] },
    { words: ["show", "--strict", "no"] },
    { words: ["check", "--children-whole", "on"] },
    { words: ["wait", "--no-fail-fast", "off", "--for", "deleted"] },
    { words: ["diff", "--color", "1", "2"] },
    { words: ["diff", "--no-color", "1", "2"] }
  ])("leaves the operand behind it: $words", ({ words }) =>
    Effect.gen(function* () {
      const { err } = yield* commandLine(words)
      // The words are read as files, or as ids, which they are not.
      assert.match(err, /no such file|not a backup/)
    })
  )
})
