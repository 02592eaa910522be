import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { withHelp } from "../../args/CommandHelp.ts"
import { globalFlagsDescriptor } from "../../args/FlagDescriptors.ts"
import { FullCommandTree } from "../../args/FullCommandTree.ts"
import { resourceNames } from "../../calls/ResourceNameCache.ts"
import type { Messages } from "../../messages/Messages.ts"
import { hookNames, withResourceNameChoice } from "./ResourceNameScriptHook.ts"
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

/** `cbr completion names`: the names that a script completes, a line each. */
const names = Command.make(
  "names",
  { words: Argument.String("WORD").pipe(Argument.variadic()) },
  Effect.fn("completion names")(function* ({ words }) {
    const found = yield* resourceNames(words)
    if (found.length > 0) yield* Console.log(found.join("\n"))
  })
).pipe(Command.unlisted)

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
      const whole = withFlags(tree, everywhere.flags)
      const script =
        shell === "powershell"
          ? Completions.generate("cbr", shell, whole)
          : hookNames(Completions.generate("cbr", shell, withResourceNameChoice(whole)), shell)
      // The library's hint names its own flag.
      yield* Console.log(script.replaceAll("cbr --completions", "cbr completion"))
    })
  ).pipe(Command.withSubcommands([names]), withHelp(messages.pick(texts)))
