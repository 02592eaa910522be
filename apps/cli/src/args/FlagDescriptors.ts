import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import type * as Flag from "effect/cli/Flag"
import type { Messages } from "../messages/Messages.ts"
import type { DeclaredFlag } from "../values/InvalidValue.ts"
import { globalFlags } from "./GlobalFlags.ts"

/** The flags that every command has, which the tree does not hold, as flags of one command. */
export const globalFlagsDescriptor = (messages: Messages): Completions.CommandDescriptor => {
  const flags = globalFlags(messages).map(({ flag }, index) => [String(index), flag as Flag.Flag<unknown>])
  return Completions.fromCommand(Command.make("cbr", Object.fromEntries(flags)))
}

/** Every flag and argument that a tree of commands declares, and those of every command. */
export const declaredFlags = (command: Command.Command.Any, messages: Messages): ReadonlyArray<DeclaredFlag> => {
  const within = (descriptor: Completions.CommandDescriptor): ReadonlyArray<DeclaredFlag> => [
    ...descriptor.flags,
    ...descriptor.arguments,
    ...descriptor.subcommands.flatMap(within)
  ]
  return [...within(Completions.fromCommand(command)), ...within(globalFlagsDescriptor(messages))]
}
