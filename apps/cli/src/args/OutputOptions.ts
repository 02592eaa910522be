import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import { en } from "../messages/en.ts"
import type { Messages } from "../messages/Messages.ts"
import { formatNamed, type FormatName } from "../values/FormatName.ts"
import { YesOrNo } from "../values/YesOrNo.ts"
import type { CommandLine } from "./CommandLine.ts"
import { variable, variableOf } from "./Environment.ts"

/** The options of output: format, query, colour, terminal. */
export interface OutputOptions {
  /** The format of `-o`, if it is given. */
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
  /** Whether stderr is a terminal that can move its cursor. */
  readonly canAnimate: boolean
  /** Columns of the terminal that stderr goes to. */
  readonly width: number
  /** Columns of the terminal that stdout goes to; undefined in a pipe. */
  readonly stdoutWidth: number | undefined
}

/** The output options of this command line; text without colour by default. */
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

const machineFormats: ReadonlyArray<string | undefined> = ["json", "yaml", "ndjson"] satisfies ReadonlyArray<FormatName>

/** The language of a command line: `--lang`, `CBR_LANG`, else the locale's. */
export const readLanguage = Effect.fnUntraced(function* (line: CommandLine) {
  const asked = line.value("lang") ?? (yield* variable(variableOf("lang")))
  const locale =
    asked ?? (yield* variable("LC_ALL")) ?? (yield* variable("LC_MESSAGES")) ?? (yield* variable("LANG")) ?? "en"
  return locale.toLowerCase().startsWith("zh") ? "zh" : "en"
})

/** The profile that a command line names. */
export const readProfileName = (line: CommandLine): { readonly name: string; readonly by: string } | undefined => {
  const name = line.value("profile")
  return name === undefined ? undefined : { name, by: "--profile" }
}

/** Loads the messages of a language. */
export const loadMessages = (language: "zh" | "en"): Effect.Effect<Messages> =>
  language === "en" ? Effect.succeed(en) : Effect.promise(async () => (await import("../messages/zh.ts")).zh)

/** Reads the output options from the flags, else from the environment. */
export const readOutputOptions = Effect.fnUntraced(function* (line: CommandLine) {
  const stdio = yield* Stdio.Stdio
  const stdoutIsTerminal = yield* stdio.stdoutIsTerminal
  const stderrIsTerminal = yield* stdio.stderrIsTerminal
  const output = line.value("output") ?? (yield* variable(variableOf("output")))
  const errorFormat = line.value("error-format") ?? (yield* variable(variableOf("error-format")))
  const colour = yield* readColour(line)
  const isDumb = (yield* variable("TERM")) === "dumb"
  const wants = (isTerminal: boolean) => colour ?? (isTerminal && !isDumb)
  return {
    output: formatNamed(output),
    query: line.value("query") ?? (yield* variable(variableOf("query"))),
    errorFormat: (errorFormat ?? (machineFormats.includes(output) ? "json" : "text")) === "json" ? "json" : "text",
    colour: wants(stdoutIsTerminal),
    errorColour: wants(stderrIsTerminal),
    stdoutIsTerminal,
    stderrIsTerminal,
    canAnimate: stderrIsTerminal && !isDumb && (yield* variable("CI")) === undefined,
    // A terminal of unknown size has 0 columns.
    width: process.stderr.columns || 80,
    stdoutWidth: stdoutIsTerminal ? process.stdout.columns || 80 : undefined
  } satisfies OutputOptions
})

/** Whether colour is wanted; undefined leaves it to the terminal. */
const readColour = Effect.fnUntraced(function* (line: CommandLine) {
  const flag = line.last("color", "no-color")
  if (flag !== undefined) return flag.name === "color" && isYes(flag.own ?? "yes")
  const set = yield* variable(variableOf("color"))
  if (set !== undefined) return isYes(set)
  if ((yield* variable("NO_COLOR")) !== undefined) return false
  const forced = yield* variable("CLICOLOR_FORCE")
  if (forced !== undefined && forced !== "0") return true
  return (yield* variable("CLICOLOR")) === "0" ? false : undefined
})

/** Whether a text is a yes; the parser refuses a text that is neither yes nor no. */
const isYes = (text: string): boolean => Option.getOrElse(Schema.decodeUnknownOption(YesOrNo)(text), () => false)
