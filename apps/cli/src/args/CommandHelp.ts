import * as Command from "effect/cli/Command"

/** The texts of a command's help. */
export interface CommandHelp {
  /** The line in a list of commands. */
  readonly short: string
  /** The head of the command's own help. */
  readonly long: string
  readonly examples: ReadonlyArray<Command.Command.Example>
}

/** Adds the words of its help to a command. */
export const withHelp =
  ({ examples, long, short }: CommandHelp) =>
  <const Name extends string, Input, ContextInput, E, R>(
    command: Command.Command<Name, Input, ContextInput, E, R>
  ): Command.Command<Name, Input, ContextInput, E, R> =>
    command.pipe(Command.withDescription(long), Command.withShortDescription(short), Command.withExamples(examples))
