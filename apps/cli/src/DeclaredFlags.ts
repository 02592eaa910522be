import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import type * as Flag from "effect/cli/Flag"
import type { Messages } from "./messages/Messages.ts"
import { presentationFlags } from "./Presentation.ts"
import type { Declared } from "./WrongValue.ts"

/** The flags that every command has, as flags of one command: they are none of the tree's. */
export const flagsOfAll = (messages: Messages): Completions.CommandDescriptor => {
  const flags = presentationFlags(messages).map(({ flag }, index) => [String(index), flag as Flag.Flag<unknown>])
  return Completions.fromCommand(Command.make("cbr", Object.fromEntries(flags)))
}

/** Every flag and argument that a tree of commands declares, and those of every command. */
export const declaredIn = (command: Command.Command.Any, messages: Messages): ReadonlyArray<Declared> => {
  const within = (descriptor: Completions.CommandDescriptor): ReadonlyArray<Declared> => [
    ...descriptor.flags,
    ...descriptor.arguments,
    ...descriptor.subcommands.flatMap(within)
  ]
  return [...within(Completions.fromCommand(command)), ...within(flagsOfAll(messages))]
}
