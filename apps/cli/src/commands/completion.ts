import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { Messages } from "../messages/Messages.ts"
import { WholeTree } from "../WholeTree.ts"

/** `cbr completion`: a script that teaches a shell the commands and flags. */
export const completion = (messages: Messages) =>
  Command.make(
    "completion",
    {
      shell: Argument.Literals("SHELL", ["bash", "zsh", "fish", "powershell"]).pipe(
        Argument.withDescription(messages.args.shell)
      )
    },
    Effect.fn("completion")(function* ({ shell }) {
      const tree = yield* Effect.flatten(WholeTree)
      yield* Console.log(Completions.generate("cbr", shell, Completions.fromCommand(tree)))
    })
  ).pipe(
    Command.withDescription(messages.commands.completion.long),
    Command.withShortDescription(messages.commands.completion.short),
    Command.withExamples(messages.commands.completion.examples)
  )
