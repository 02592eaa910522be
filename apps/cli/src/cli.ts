import { ErrorTable, ProfileFile } from "@cbr/client"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import manifest from "../package.json" with { type: "json" }
import { commands, type CommandName, isCommandName } from "./commands/commands.ts"
import { Ended, Failure, report } from "./Failure.ts"
import { helpText } from "./HelpText.ts"
import { Messages } from "./messages/Messages.ts"
import * as Notes from "./Notes.ts"
import { languageOf, messagesIn, Presentation, presentationFlags, presentationOf, profileOf } from "./Presentation.ts"
import * as Settings from "./Settings.ts"
import { inert } from "./TerminalText.ts"
import { WholeTree } from "./WholeTree.ts"

/**
 * The tree of commands in a language: of all of them, or of the one that is
 * called, so that no other is loaded.
 */
export const commandTree = Effect.fnUntraced(function* (messages: Messages, called?: CommandName) {
  const names = called === undefined ? (Object.keys(commands) as Array<CommandName>) : [called]
  const makers = yield* Effect.promise(() => Promise.all(names.map((name) => commands[name]())))
  return Command.make("cbr").pipe(
    Command.withDescription(messages.commands.cbr),
    Command.withGlobalFlags(presentationFlags(messages)),
    Command.withSubcommands(makers.map((make) => make(messages)))
  )
})

/**
 * Runs one command line and tells its exit code. Whatever there is to say has
 * been said by then: results on stdout, all else on stderr.
 */
export const run = (words: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const messages = yield* Effect.flatMap(languageOf(words), messagesIn)
    const presentation = yield* presentationOf(words)
    const [first] = words
    const tree = commandTree(messages, isCommandName(first) ? first : undefined)
    return yield* Effect.flatMap(tree, (command) =>
      Command.runWith(command, { version: manifest.version })(words)
    ).pipe(
      Effect.as(0),
      Effect.catch((error) => {
        if (error instanceof Ended) return Effect.succeed(error.exitCode)
        if (error instanceof Failure) return Effect.as(report(error), error.exitCode)
        // Said already by the presenter.
        const isAnswer = error._tag === "ShowHelp" && error.errors.length === 0 && asksForHelp(words)
        return Effect.succeed(
          isAnswer ? 0 : first === "check" ? checkMisused(words) : ErrorTable.InvalidRequest.exitCode
        )
      }),
      Effect.catchDefect((defect) => Effect.as(reportBug(defect, words.includes("--debug")), 1)),
      Effect.provide(
        Layer.mergeAll(
          presenter(asksForHelp(words)),
          CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
          Notes.layer(presentation, messages)
        )
      ),
      Effect.provideService(WholeTree, commandTree(messages)),
      Effect.provideService(Messages, messages),
      Effect.provideService(Presentation, presentation)
    )
  }).pipe(Settings.inEnvironment, Effect.provideService(ProfileFile.NamedProfile, profileOf(words)))

/** A monitoring system takes bad use as UNKNOWN. */
const checkMisused = (words: ReadonlyArray<string>): number =>
  words.some((word, index) => word === "--exit-style=cli" || (word === "cli" && words[index - 1] === "--exit-style"))
    ? ErrorTable.InvalidRequest.exitCode
    : 3

/** Help is an answer to who asks for it; to a command line without a command it tells what is missing. */
const asksForHelp = (words: ReadonlyArray<string>): boolean => words.some((word) => word === "--help" || word === "-h")

const presenter = (isAnswer: boolean) =>
  CliOutput.layerPresenter({
    present: (event) => {
      switch (event._tag) {
        case "Help":
          return Effect.flatMap(helpText(event.helpDoc), isAnswer ? Console.log : Console.error)
        case "Version":
          return Console.log(event.version)
        case "InvalidInvocation":
          return report(
            new Failure({
              kind: "InvalidRequest",
              tell: ({ wrongUse }) => ({
                title: wrongUse.title,
                what: event.commandPath.join(" "),
                why: event.errors.map((error) => wrongUse.reason(error)).join("; "),
                next: [wrongUse.next(event.helpDoc.usage, event.commandPath.join(" "))]
              })
            })
          )
      }
    }
  })

const reportBug = (defect: unknown, withStack: boolean) =>
  Effect.flatMap(Messages, ({ bug }) => {
    const what = inert(bug(defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect)))
    const stack = withStack && defect instanceof Error ? (defect.stack ?? "").split("\n").slice(1).map(inert) : []
    return Console.error([what, ...stack].join("\n"))
  })
