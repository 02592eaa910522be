import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { en } from "../messages/en.ts"
import type { Messages } from "../messages/Messages.ts"
import { formatNamed, type FormatName, outputNames } from "../values/FormatName.ts"
import { variable, variableOf } from "./Environment.ts"
import { choiceFlag, eitherFlag, textFlag } from "./Flags.ts"

/** How things are to be said. */
export interface OutputOptions {
  /** The format that was asked for. */
  readonly output: FormatName | undefined
  /** A JMESPath expression for the result. */
  readonly query: string | undefined
  readonly errorFormat: "text" | "json"
  /** Whether colour is wanted on stdout. */
  readonly colour: boolean
  /** Whether colour is wanted on stderr. */
  readonly errorColour: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Whether someone looks on at a terminal that can move its cursor. */
  readonly canAnimate: boolean
  /** Columns of the terminal that stderr goes to. */
  readonly width: number
  /** Columns of the terminal that stdout goes to; none where it goes elsewhere. */
  readonly stdoutWidth: number | undefined
}

/** How things are to be said; in text and without colour unless told otherwise. */
export const OutputOptions = Context.Reference<OutputOptions>("@cbr/cli/OutputOptions", {
  defaultValue: () => ({
    output: undefined,
    query: undefined,
    errorFormat: "text",
    colour: false,
    errorColour: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    canAnimate: false,
    width: 80,
    stdoutWidth: undefined
  })
})

const languages = ["zh", "en"] as const

const machineFormats: ReadonlyArray<string | undefined> = ["json", "yaml", "ndjson"] satisfies ReadonlyArray<FormatName>

/**
 * The flags that every command takes, for the parser and for help. Their values
 * are read by {@link readOutputOptions} before anything is parsed, so that wrong
 * use is told in the right language and form too.
 */
export const globalFlags = ({ flags: words }: Messages) =>
  [
    setting("output", choiceFlag("output", outputNames, words.output).pipe(Flag.withAlias("o"))),
    setting("query", textFlag("query", "JMESPATH", words.query)),
    setting("profile", textFlag("profile", "NAME", words.profile)),
    setting("lang", choiceFlag("lang", languages, words.lang)),
    setting("error-format", choiceFlag("error-format", ["text", "json"], words.errorFormat)),
    setting("color", eitherFlag("color", words.color, ["NO_COLOR", "CLICOLOR_FORCE"]))
  ] as const

const setting = <const Name extends string, A>(name: Name, flag: Flag.Flag<A>) =>
  GlobalFlag.Setting(name)({ flag: Flag.optional(flag) })

/** The language of a command line: `--lang`, `CBR_LANG`, else the locale's. */
export const readLanguage = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const asked = flagValue(words, "--lang") ?? (yield* variable(variableOf("lang")))
  const locale =
    asked ?? (yield* variable("LC_ALL")) ?? (yield* variable("LC_MESSAGES")) ?? (yield* variable("LANG")) ?? "en"
  return locale.toLowerCase().startsWith("zh") ? "zh" : "en"
})

/** The profile that a command line names. */
export const readProfileName = (
  words: ReadonlyArray<string>
): { readonly name: string; readonly by: string } | undefined => {
  const name = flagValue(words, "--profile")
  return name === undefined ? undefined : { name, by: "--profile" }
}

/** The messages of a language; English is always at hand. */
export const loadMessages = (language: "zh" | "en"): Effect.Effect<Messages> =>
  language === "en" ? Effect.succeed(en) : Effect.promise(async () => (await import("../messages/zh.ts")).zh)

/** How a command line wants things said, with the environment's say where it is silent. */
export const readOutputOptions = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const stdio = yield* Stdio.Stdio
  const stdoutIsTerminal = yield* stdio.stdoutIsTerminal
  const stderrIsTerminal = yield* stdio.stderrIsTerminal
  const output = flagValue(words, "--output", "-o") ?? (yield* variable(variableOf("output")))
  const errorFormat = flagValue(words, "--error-format") ?? (yield* variable(variableOf("error-format")))
  const colour = yield* readColour(words)
  const isDumb = (yield* variable("TERM")) === "dumb"
  const wants = (isTerminal: boolean) => colour ?? (isTerminal && !isDumb)
  return {
    output: formatNamed(output),
    query: flagValue(words, "--query") ?? (yield* variable(variableOf("query"))),
    errorFormat: (errorFormat ?? (machineFormats.includes(output) ? "json" : "text")) === "json" ? "json" : "text",
    colour: wants(stdoutIsTerminal),
    errorColour: wants(stderrIsTerminal),
    stdoutIsTerminal,
    stderrIsTerminal,
    canAnimate: stderrIsTerminal && !isDumb && (yield* variable("CI")) === undefined,
    // A terminal that does not know its size says 0.
    width: process.stderr.columns || 80,
    stdoutWidth: stdoutIsTerminal ? process.stdout.columns || 80 : undefined
  } satisfies OutputOptions
})

/** `undefined` leaves it to the terminal. */
const readColour = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const flag = words.findLast((word) => word === "--color" || word === "--no-color")
  if (flag !== undefined) return flag === "--color"
  const own = yield* variable(variableOf("color"))
  if (own !== undefined) return /^(?:1|true|yes|on|y)$/i.test(own)
  if ((yield* variable("NO_COLOR")) !== undefined) return false
  const forced = yield* variable("CLICOLOR_FORCE")
  if (forced !== undefined && forced !== "0") return true
  return (yield* variable("CLICOLOR")) === "0" ? false : undefined
})

/** The command that is called: the first word that is neither a flag of every command nor the value of one. */
export const findCommand = (words: ReadonlyArray<string>): string | undefined =>
  words.find((word, index) => !word.startsWith("-") && !valueFlags.includes(words[index - 1]))

/**
 * Whether a command line calls a command, or means to: a word after a flag of
 * the command's own, which belongs behind it, may be that flag's value.
 */
export const mayCall = (words: ReadonlyArray<string>, command: string): boolean => {
  const index = words.findIndex((word, at) => word === command && !valueFlags.includes(words[at - 1]))
  return index >= 0 && words.slice(0, index).every((word, at) => isFlag(word) || isFlag(words[at - 1]))
}

const isFlag = (word: string | undefined): boolean => word !== undefined && word.startsWith("-") && word !== "--"

const valueFlags: ReadonlyArray<string | undefined> = [
  "--output",
  "-o",
  "--query",
  "--profile",
  "--lang",
  "--error-format"
]

/** The last value that a flag has among the words, before any `--`. */
export const flagValue = (words: ReadonlyArray<string>, ...names: ReadonlyArray<string>): string | undefined => {
  const end = words.indexOf("--")
  const flags = end < 0 ? words : words.slice(0, end)
  const index = flags.findLastIndex((word) => names.some((name) => word === name || word.startsWith(`${name}=`)))
  const word = flags[index]
  if (word === undefined) return undefined
  const equals = word.indexOf("=")
  return equals < 0 ? flags[index + 1] : word.slice(equals + 1)
}
