import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Command, Completions } from "effect/cli"
import { commandTree } from "../../src/app/cli.ts"
import { variableOf } from "../../src/args/Environment.ts"
import { globalFlags } from "../../src/args/GlobalFlags.ts"
import { en } from "../../src/messages/en.ts"
import { commandLine } from "../CommandLine.ts"

/** The parser's own. */
const builtIn = ["help", "version"]

/** An address that is only in force is not given to be saved, so no variable stands for it. */
const alone = ["cbr configure --endpoint"]

/** What selects what a command is about: a variable that was forgotten would make it about something else. */
const selectors = [
  ...["show", "tree", "wait", "watch", "check", "diff", "list"].map((command) => `cbr ${command} --resource`),
  "cbr wait --newer-than",
  ...["all", "expect", "ignore", "seen-within", "group-by"].map((flag) => `cbr check --${flag}`),
  ...["vault", "status", "since", "until", "name", "type", "image-type", "replications", "limit", "latest"].map(
    (flag) => `cbr list --${flag}`
  )
]

describe("every flag", () => {
  it.effect("every flag has a variable, and its help names it, unless it is a selector", () =>
    Effect.gen(function* () {
      const tree = Completions.fromCommand(yield* commandTree(en))
      const visited: Array<string> = []
      const selected: Array<string> = []
      const visit = (command: Completions.CommandDescriptor, path: string): void => {
        for (const { description = "", name } of command.flags) {
          if (builtIn.includes(name) || alone.includes(`${path} --${name}`)) continue
          visited.push(name)
          if (selectors.includes(`${path} --${name}`)) {
            selected.push(`${path} --${name}`)
            assert.notInclude(description, "[env: ", `${path} --${name}`)
            continue
          }
          const [, variables = ""] = /\[env: ([^\]]*)\]$/.exec(description) ?? []
          assert.include(variables.split(", "), variableOf(name), `${path} --${name}`)
        }
        for (const each of command.subcommands) visit(each, `${path} ${each.name}`)
      }
      visit(tree, "cbr")
      assert.isAbove(new Set(visited).size, 35)
      assert.sameMembers(selected, selectors)
      const everywhere = Command.make("cbr", Object.fromEntries(globalFlags(en).map(({ flag, id }) => [id, flag])))
      visit(Completions.fromCommand(everywhere), "cbr")
    })
  )

  // A flag goes before its variable, so whatever the flag refuses must be refused in the variable too.
  it.effect.each([
    { command: "show", flag: "output", value: "xml" },
    { command: "show", flag: "lang", value: "fr" },
    { command: "show", flag: "error-format", value: "xml" },
    { command: "show", flag: "color", value: "sometimes" },
    { command: "show", flag: "strict", value: "perhaps" },
    { command: "show", flag: "retries", value: "-1" },
    { command: "show", flag: "retries", value: "several" },
    { command: "show", flag: "timeout", value: "9y" },
    { command: "show", flag: "concurrency", value: "0" },
    { command: "watch", flag: "interval", value: "never" },
    { command: "wait", flag: "call-timeout", value: "never" },
    { command: "check", flag: "status", value: "fine" },
    { command: "check", flag: "max-age", value: "old" },
    { command: "check", flag: "restorable", value: "somehow" },
    { command: "check", flag: "exit-style", value: "mine" },
    { command: "simulate", flag: "port", value: "99999" }
  ])(
    "is wrong use of cbr $command for $flag with the variable $value, which the error names",
    ({ command, flag, value }) =>
      Effect.gen(function* () {
        const words = [
          command,
          "6df2b54c-dd62-4059-a07c-1b8f24f2725d",
          ...(command === "wait" ? ["--for", "deleted"] : [])
        ]
        const variable = variableOf(flag)
        const { err, exitCode } = yield* commandLine(words, { env: { [variable]: value } })
        assert.strictEqual(exitCode, command === "check" ? 3 : 2)
        assert.match(err, new RegExp(`Invalid value in variable ${variable}\\. Expected [^\n]*\\S\n`))
        const chinese = yield* commandLine([...words, "--lang", "zh"], { env: { [variable]: value } })
        assert.strictEqual(chinese.exitCode, flag === "lang" ? 3 : exitCode)
        if (flag !== "lang") assert.include(chinese.err, `变量 ${variable} 的值无效：应为`)
      })
  )

  const stdin = JSON.stringify({
    backup: {
      status: "available",
      replication_records: [{ destination_region: "cn-south-1", status: "fail" }],
      extend_info: { encrypted: false, is_multi_az: true, supported_restore_mode: "na" }
    }
  })

  it.effect.each([
    { flag: ["check", "--replicated", "a-1", "--replicated", "b-2"], env: { CBR_REPLICATED: "a-1; b-2" } },
    { flag: ["check", "--restorable"], env: { CBR_RESTORABLE: "any" } },
    { flag: ["check", "--encrypted"], env: { CBR_ENCRYPTED: "true" } },
    { flag: ["check", "--no-multi-az"], env: { CBR_MULTI_AZ: "false" } },
    { flag: ["wait", "--for", "status=error", "--for", "restorable"], env: { CBR_FOR: "status=error;restorable" } }
  ])("means the same as its variable: $flag and $env", ({ env, flag }) =>
    Effect.gen(function* () {
      const [command = ""] = flag
      const byFlag = yield* commandLine([...flag, "--from", "-"], { stdin })
      assert.notStrictEqual(byFlag.exitCode, 0)
      assert.deepStrictEqual(yield* commandLine([command, "--from", "-"], { stdin, env }), byFlag)
    })
  )

  it.effect.each(["y", "yes", "on", "1"])("reads CBR_COLOR=%s as yes, for the printer as for the parser", (yes) =>
    Effect.gen(function* () {
      const { exitCode, out } = yield* commandLine(["explain", "status"], { env: { CBR_COLOR: yes } })
      assert.strictEqual(exitCode, 0)
      assert.include(out, "\u001b[")
    })
  )
})
