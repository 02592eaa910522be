import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { suggest } from "../args/FlagSuggestions.ts"
import { UsageError } from "../args/UsageError.ts"
import { commands } from "../commands/registry.ts"
import type { Failure } from "../failures/Failure.ts"
import { report } from "../failures/FailureReport.ts"
import { invalidRequestFailure } from "../failures/InvalidRequestFailure.ts"
import type { Messages } from "../messages/Messages.ts"
import { reportUnknown } from "../monitoring/MonitoringPlugin.ts"
import { formatHelp } from "../terminal/HelpFormatter.ts"
import { type DeclaredFlag, explainInvalidValue } from "../values/InvalidValue.ts"

/** The facts of a command line that the presenter needs. */
export interface PresenterOptions {
  /** Whether the command line asks for help: it goes to stdout then, and else to stderr. */
  readonly isHelpWanted: boolean
  readonly isPlugin: boolean
  readonly words: ReadonlyArray<string>
  /** The declared flags and arguments, which explain the parser's errors. */
  readonly declaredFlags: Effect.Effect<ReadonlyArray<DeclaredFlag>>
}

/** Prints help, the version, and usage errors as failures of this program. */
export const layerPresenter = (options: PresenterOptions) =>
  CliOutput.layerPresenter({
    present: (event) => {
      switch (event._tag) {
        case "Help":
          return Effect.flatMap(formatHelp(event.helpDoc), options.isHelpWanted ? Console.log : Console.error)
        case "Version":
          return Console.log(event.version)
        case "InvalidInvocation":
          return Effect.flatMap(options.declaredFlags, (declared) =>
            (options.isPlugin ? reportUnknown : report)(usageFailure(event, { ...options, declared }))
          )
      }
    }
  })

interface Invocation {
  readonly commandPath: ReadonlyArray<string>
  readonly errors: ReadonlyArray<CliError.CliError>
  readonly helpDoc: HelpDoc
}

interface Context {
  readonly declared: ReadonlyArray<DeclaredFlag>
  readonly words: ReadonlyArray<string>
}

const usageFailure = ({ commandPath, errors, helpDoc }: Invocation, { declared, words }: Context): Failure => {
  const reason = (error: CliError.CliError, messages: Messages): string => {
    if (error instanceof UsageError) return error.rule(messages)
    const { wrongUse } = messages
    return error._tag === "InvalidValue"
      ? wrongUse.value(explainInvalidValue(error, { declared, helpDoc, words }))
      : wrongUse.reason(suggest(error, helpDoc, Object.keys(commands)))
  }
  return invalidRequestFailure(commandPath.join(" "), (messages) => [
    errors.map((error) => reason(error, messages)).join(messages.between),
    messages.wrongUse.next(helpDoc.usage, commandPath.join(" "))
  ])
}
