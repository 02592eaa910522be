import { ProfileFile } from "@cbr/client"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import manifest from "../../package.json" with { type: "json" }
import { type CommandLine, readCommandLine } from "../args/CommandLine.ts"
import * as Environment from "../args/Environment.ts"
import { FullCommandTree } from "../args/FullCommandTree.ts"
import { globalFlags } from "../args/GlobalFlags.ts"
import { loadMessages, OutputOptions, readLanguage, readOutputOptions, readProfileName } from "../args/OutputOptions.ts"
import { commands, type CommandName, isCommandName } from "../commands/registry.ts"
import { exitCodes, monitoringStates } from "../exit/ExitCodes.ts"
import { ExitWith } from "../exit/ExitWith.ts"
import { Failure } from "../failures/Failure.ts"
import { report } from "../failures/FailureReport.ts"
import * as StderrLogger from "../failures/StderrLogger.ts"
import { Messages } from "../messages/Messages.ts"
import { isMonitoringPlugin, printState, reportUnknown, withStatusLineFirst } from "../monitoring/MonitoringPlugin.ts"
import { escapeControls } from "../text/escapeControls.ts"
import { layerPresenter } from "./Presenter.ts"

/** A command line by its words. */
export const commandLineOf = (argv: ReadonlyArray<string>): CommandLine => readCommandLine(argv, isCommandName)

/**
 * Builds the tree of commands in a language: all of them, or only the one that
 * is called, so that no other is loaded.
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

/** Reports that the platform cannot be set up, and returns the exit code. */
export const reportStartFailure = Effect.fnUntraced(function* (line: CommandLine, failure: Failure) {
  const isPlugin = yield* isMonitoringPlugin(line)
  yield* isPlugin ? withStatusLineFirst(reportUnknown(failure)) : report(failure)
  return isPlugin ? monitoringStates.unknown.code : failure.exitCode
})

/**
 * Runs one command line and returns its exit code, after all output: results
 * on stdout, everything else on stderr.
 */
export const run = (line: CommandLine) =>
  Effect.gen(function* () {
    const { command: called, words } = line
    const messages = yield* Effect.flatMap(readLanguage(line), loadMessages)
    const presentation = yield* readOutputOptions(line)
    const isPlugin = yield* isMonitoringPlugin(line)
    const codeOf = (exitCode: number) => (isPlugin ? monitoringStates.unknown.code : exitCode)
    const tree = commandTree(messages, isCommandName(called) ? called : undefined)
    return yield* Effect.flatMap(tree, (command) =>
      Command.runWith(command, { version: manifest.version })(words)
    ).pipe(
      Effect.as(exitCodes.Done),
      Effect.catch((error) => {
        if (error instanceof ExitWith) return Effect.succeed(error.exitCode)
        if (error instanceof Failure) return Effect.as(report(error, codeOf(error.exitCode)), codeOf(error.exitCode))
        // The presenter has printed it.
        const isAnswer = error._tag === "ShowHelp" && error.errors.length === 0 && asksForHelp(line)
        return Effect.succeed(isAnswer ? exitCodes.Done : codeOf(exitCodes.InvalidRequest))
      }),
      Effect.catchDefect((defect) =>
        Effect.andThen(
          isPlugin ? printState("unknown", nameOf(defect)) : Effect.void,
          Effect.as(
            reportBug(defect, codeOf(exitCodes.OwnFault), line.last("debug") !== undefined),
            codeOf(exitCodes.OwnFault)
          )
        )
      ),
      Effect.provide(
        Layer.mergeAll(
          layerPresenter({
            isHelpWanted: asksForHelp(line),
            isPlugin,
            words,
            declaredFlags: Effect.flatMap(tree, (command) =>
              Effect.promise(async () => (await import("../args/FlagDescriptors.ts")).declaredFlags(command, messages))
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

/** Whether the command line asks for help; help without that request is a usage error. */
const asksForHelp = ({ last }: CommandLine): boolean => last("help", "h") !== undefined

const nameOf = (defect: unknown): string =>
  defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect)

const reportBug = (defect: unknown, exitCode: number, withStack: boolean) =>
  Effect.flatMap(Messages, ({ bug }) => {
    const what = escapeControls(bug(nameOf(defect), exitCode))
    const stack =
      withStack && defect instanceof Error ? (defect.stack ?? "").split("\n").slice(1).map(escapeControls) : []
    return Console.error([what, ...stack].join("\n"))
  })
