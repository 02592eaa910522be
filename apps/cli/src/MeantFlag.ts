import * as CliError from "effect/cli/CliError"
import type { FlagDoc } from "effect/cli/HelpDoc"
import leven from "leven"
import { isSwitch } from "./HelpText.ts"

/** Edits between a flag and one that it may have meant; as many as the command library allows. */
const furthest = 2

type Wrong = Exclude<CliError.CliError, CliError.InvalidValue>

/** A wrong use; where it is an unknown flag, with what of every command's flags may be meant too: the library compares it with the command's own alone. */
export const withMeant = (error: Wrong, globalFlags: ReadonlyArray<FlagDoc>): Wrong => {
  if (error._tag !== "UnrecognizedOption") return error
  const { command, option, suggestions } = error
  const ofEvery = globalFlags.flatMap(({ name, type }) => [
    `--${name}`,
    ...(isSwitch(type) ? [`--no-${name}`] : [])
  ])
  const near = [...suggestions, ...ofEvery].map((flag) => ({
    flag,
    edits: leven(option, flag, { maxDistance: furthest + 1 })
  }))
  const least = Math.min(furthest, ...near.map(({ edits }) => edits))
  return new CliError.UnrecognizedOption({
    option,
    command,
    suggestions: near.filter(({ edits }) => edits === least).map(({ flag }) => flag)
  })
}
