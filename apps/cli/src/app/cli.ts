import { ProfileFile } from "@cbr/client"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import manifest from "../../package.json" with { type: "json" }
import * as Environment from "../args/Environment.ts"
import { suggest } from "../args/FlagSuggestions.ts"
import { FullCommandTree } from "../args/FullCommandTree.ts"
import { withOptionalValues } from "../args/OptionalValues.ts"
import {
  findCommand,
  readLanguage,
  loadMessages,
  OutputOptions,
  globalFlags,
  readOutputOptions,
  readProfileName
} from "../args/OutputOptions.ts"
import { commands, type CommandName, isCommandName } from "../commands/registry.ts"
import { exitCodes, monitoringStates } from "../exit/ExitCodes.ts"
import { ExitWith } from "../exit/ExitWith.ts"
import { Failure, report } from "../failures/Failure.ts"
import * as StderrLogger from "../failures/StderrLogger.ts"
import { Messages } from "../messages/Messages.ts"
import { isMonitoringPlugin, printState, printUnknown, withStatusLineFirst } from "../monitoring/MonitoringPlugin.ts"
import { formatHelp } from "../terminal/HelpFormatter.ts"
import { escapeControls } from "../text/escapeControls.ts"
import { type DeclaredFlag, explainInvalidValue } from "../values/InvalidValue.ts"

/**
 * The tree of commands in a language: of all of them, or of the one that is
 * called, so that no other is loaded.
 */
export const commandTree = Effect.fnUntraced(function* (messages: Messages, called?: CommandName) {
  const names = called === undefined ? (Object.keys(commands) as Array<CommandName>) : [called]
  const makers = yield* Effect.promise(() => Promise.all(names.map((name) => commands[name]())))
  return Command.make("cbr").pipe(
    Command.withDescription(messages.cbr),
    Command.withGlobalFlags(globalFlags(messages)),
    Command.withSubcommands(makers.map((make) => make(messages)))
  )
})

/** Ends a command line that could not begin: what the platform was set up with cannot be used. */
export const reportStartFailure = Effect.fnUntraced(function* (words: ReadonlyArray<string>, failure: Failure) {
  const isPlugin = yield* isMonitoringPlugin(words)
  if (isPlugin) yield* printUnknown(failure)
  const exitCode = isPlugin ? monitoringStates.unknown.code : failure.exitCode
  yield* isPlugin ? withStatusLineFirst(report(failure, exitCode)) : report(failure, exitCode)
  return exitCode
})

/**
 * Runs one command line and tells its exit code. Whatever there is to say has
 * been said by then: results on stdout, all else on stderr.
 */
export const run = (line: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const words = helpAsFlag(withOptionalValues(line))
    const messages = yield* Effect.flatMap(readLanguage(words), loadMessages)
    const presentation = yield* readOutputOptions(words)
    const called = findCommand(words)
    const isPlugin = yield* isMonitoringPlugin(words)
    const codeOf = (exitCode: number) => (isPlugin ? monitoringStates.unknown.code : exitCode)
    const tree = commandTree(messages, isCommandName(called) ? called : undefined)
    return yield* Effect.flatMap(tree, (command) =>
      Command.runWith(command, { version: manifest.version })(words)
    ).pipe(
      Effect.as(exitCodes.Done),
      Effect.catch((error) => {
        if (error instanceof ExitWith) return Effect.succeed(error.exitCode)
        if (error instanceof Failure) return Effect.as(report(error, codeOf(error.exitCode)), codeOf(error.exitCode))
        // Said already by the presenter.
        const isAnswer = error._tag === "ShowHelp" && error.errors.length === 0 && asksForHelp(words)
        return Effect.succeed(isAnswer ? exitCodes.Done : codeOf(exitCodes.InvalidRequest))
      }),
      Effect.catchDefect((defect) =>
        Effect.andThen(
          isPlugin ? printState("unknown", nameOf(defect)) : Effect.void,
          Effect.as(
            reportBug(defect, codeOf(exitCodes.OwnFault), words.includes("--debug")),
            codeOf(exitCodes.OwnFault)
          )
        )
      ),
      Effect.provide(
        Layer.mergeAll(
          presenter({
            isAnswer: asksForHelp(words),
            isPlugin,
            words,
            declared: Effect.flatMap(tree, (command) =>
              Effect.promise(async () => (await import("../args/DeclaredFlags.ts")).declaredFlags(command, messages))
            )
          }),
          CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
          StderrLogger.layer(presentation, messages)
        )
      ),
      Effect.provideService(FullCommandTree, commandTree(messages)),
      Effect.provideService(Messages, messages),
      isPlugin ? withStatusLineFirst : identity,
      Effect.provideService(OutputOptions, presentation)
    )
  }).pipe(Environment.withEnvironment, Effect.provideService(ProfileFile.NamedProfile, readProfileName(line)))

/** `cbr help show` is `cbr show --help`, as with other tools. */
const helpAsFlag = (line: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (findCommand(line) !== "help") return line
  const others = line.toSpliced(line.indexOf("help"), 1)
  const topic = findCommand(others)
  return isCommandName(topic) && topic !== "help" ? [...others, "--help"] : line
}

/** Help is an answer to who asks for it; to a command line without a command it tells what is missing. */
const asksForHelp = (words: ReadonlyArray<string>): boolean => words.some((word) => word === "--help" || word === "-h")

/** How a command line is answered. */
interface Presenting {
  /** Whether help is what was asked for. */
  readonly isAnswer: boolean
  readonly isPlugin: boolean
  readonly words: ReadonlyArray<string>
  /** What its commands declare, for the parser's faults. */
  readonly declared: Effect.Effect<ReadonlyArray<DeclaredFlag>>
}

const presenter = ({ declared, isAnswer, isPlugin, words }: Presenting) =>
  CliOutput.layerPresenter({
    present: (event) => {
      switch (event._tag) {
        case "Help":
          return Effect.flatMap(formatHelp(event.helpDoc), isAnswer ? Console.log : Console.error)
        case "Version":
          return Console.log(event.version)
        case "InvalidInvocation":
          return Effect.flatMap(declared, (declared) => {
            const { commandPath, errors, helpDoc } = event
            const wrong = new Failure({
              kind: "InvalidRequest",
              render: ({ between, wrongUse }) => ({
                title: wrongUse.title,
                what: commandPath.join(" "),
                why: errors
                  .map((error) =>
                    error._tag === "InvalidValue"
                      ? wrongUse.value(explainInvalidValue(error, { declared, helpDoc, words }))
                      : wrongUse.reason(suggest(error, helpDoc, Object.keys(commands)))
                  )
                  .join(between),
                next: [wrongUse.next(helpDoc.usage, commandPath.join(" "))]
              })
            })
            return isPlugin
              ? Effect.andThen(printUnknown(wrong), report(wrong, monitoringStates.unknown.code))
              : report(wrong)
          })
      }
    }
  })

const nameOf = (defect: unknown): string =>
  defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect)

const reportBug = (defect: unknown, exitCode: number, withStack: boolean) =>
  Effect.flatMap(Messages, ({ bug }) => {
    const what = escapeControls(bug(nameOf(defect), exitCode))
    const stack =
      withStack && defect instanceof Error ? (defect.stack ?? "").split("\n").slice(1).map(escapeControls) : []
    return Console.error([what, ...stack].join("\n"))
  })
