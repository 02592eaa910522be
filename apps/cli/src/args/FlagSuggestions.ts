import { nearestName } from "@cbr/client"
import * as CliError from "effect/cli/CliError"
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import { outputNames } from "../values/FormatName.ts"
import { isSwitch } from "./isSwitch.ts"

type Wrong = Exclude<CliError.CliError, CliError.InvalidValue>

/** The names of a command in other tools. */
const synonyms: Readonly<Record<string, string | ReadonlyArray<string>>> = {
  get: ["show", "list"],
  describe: "show",
  view: "show",
  ls: "list",
  find: "list",
  search: "list",
  init: "configure",
  login: "configure",
  auth: "configure",
  compare: "diff",
  monitor: "watch",
  follow: "watch",
  verify: "check",
  demo: "simulate"
}

/** The most flags that are suggested for a letter. */
const maxFlags = 3

/**
 * Adds suggestions to the error of an unknown flag or command. The library
 * compares a flag with those of the command alone.
 */
export const suggest = (
  error: Wrong,
  { flags, globalFlags = [] }: Pick<HelpDoc, "flags" | "globalFlags">,
  commands: ReadonlyArray<string>
): Wrong => {
  switch (error._tag) {
    case "UnrecognizedOption": {
      const { command, option } = error
      const suggestions = suggestFlags(option, [...flags, ...globalFlags])
      return new CliError.UnrecognizedOption({ option, command, suggestions })
    }
    case "UnknownSubcommand": {
      const { parent, subcommand } = error
      const near = synonyms[subcommand.toLowerCase()] ?? nearestName(subcommand, commands)
      return new CliError.UnknownSubcommand({
        subcommand,
        parent,
        suggestions: near === undefined ? [] : [near].flat()
      })
    }
    default:
      return error
  }
}

const suggestFlags = (option: string, flags: ReadonlyArray<FlagDoc>): ReadonlyArray<string> => {
  const word = option.replace(/^-+/, "")
  const names = flags.map(({ name }) => name)
  if (word.length === 1) {
    return names
      .filter((name) => name.startsWith(word.toLowerCase()))
      .slice(0, maxFlags)
      .map((name) => `--${name}`)
  }
  const format = outputNames.find((name) => name === word.toLowerCase())
  if (format !== undefined) return [`-o ${format}`]
  const negated = flags.flatMap(({ name, type }) => (isSwitch(type) ? [`no-${name}`] : []))
  const near = nearestName(word.replaceAll("_", "-"), [...names, ...negated])
  return near === undefined ? [] : [`--${near}`]
}
