import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { withHelp } from "../../args/CommandHelp.ts"
import { globalFlagsDescriptor } from "../../args/DeclaredFlags.ts"
import { FullCommandTree } from "../../args/FullCommandTree.ts"
import type { Messages } from "../../messages/Messages.ts"
import { texts } from "./texts.ts"

/** Adds the flags of every command, which the library leaves out. */
const withFlags = (
  command: Completions.CommandDescriptor,
  flags: Completions.CommandDescriptor["flags"]
): Completions.CommandDescriptor => ({
  ...command,
  flags: [...command.flags, ...flags],
  subcommands: command.subcommands.map((subcommand) => withFlags(subcommand, flags))
})

/** `cbr completion`: prints a completion script for a shell. */
export const completion = (messages: Messages) =>
  Command.make(
    "completion",
    {
      shell: Argument.Literals("SHELL", ["bash", "zsh", "fish", "powershell"]).pipe(
        Argument.withDescription(messages.pick(texts).args.shell)
      )
    },
    Effect.fn("completion")(function* ({ shell }) {
      const tree = Completions.fromCommand(yield* Effect.flatten(FullCommandTree))
      const everywhere = globalFlagsDescriptor(messages)
      const script = Completions.generate("cbr", shell, withFlags(tree, everywhere.flags))
      // The library's hint names its own flag.
      yield* Console.log(script.replaceAll("cbr --completions", "cbr completion"))
    })
  ).pipe(withHelp(messages.pick(texts)))
