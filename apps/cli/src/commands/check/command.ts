import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { requireOneSelector } from "../../args/BackupSelectors.ts"
import { withHelp } from "../../args/CommandHelp.ts"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { usageError } from "../../args/UsageError.ts"
import { exitCodes, monitoringStates } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { Failure } from "../../failures/Failure.ts"
import { report } from "../../failures/FailureReport.ts"
import { Messages } from "../../messages/Messages.ts"
import { printState, reportUnknown } from "../../monitoring/MonitoringPlugin.ts"
import { backupsOutcome } from "./BackupsOutcome.ts"
import { checkFlags, type CheckInput } from "./CheckFlags.ts"
import { fleetOutcome } from "./FleetOutcome.ts"
import { texts } from "./texts.ts"

/** `cbr check`: checks backups against rules, with a monitoring plugin's output and exit codes. */
export const check = (messages: Messages) =>
  Command.make("check", checkFlags(messages), (input) => run(input)).pipe(
    Command.validate((input) => {
      const { all, expect, groupBy, ids, ignore, resource, seenWithin } = input
      const isOfAll = Option.isSome(expect) || ignore.length > 0 || Option.isSome(seenWithin) || Option.isSome(groupBy)
      if (!all) return isOfAll ? usageError(({ pick }) => pick(texts).fleet.onlyWithAll) : requireOneSelector(input)
      return ids.length > 0 || Option.isSome(resource)
        ? usageError(({ pick }) => pick(texts).fleet.allExcludes)
        : Effect.void
    }),
    withHelp(messages.pick(texts))
  )

const run = Effect.fn("check")(function* (input: CheckInput) {
  const outcome = yield* Effect.result(input.all ? fleetOutcome(input) : backupsOutcome(input))
  if (Result.isFailure(outcome)) return yield* reportFailure(outcome.failure, input.exitStyle)
  const { failures, figures, print, summary, worst } = outcome.success
  // The result of a query is data, without the first line.
  if ((yield* OutputOptions).query === undefined) yield* printState(worst, summary, figures)
  yield* print
  const isPlugin = input.exitStyle === "monitoring"
  for (const failure of failures) yield* report(failure, isPlugin ? monitoringStates[worst].code : failure.exitCode)
  if (isPlugin) return yield* new ExitWith({ exitCode: monitoringStates[worst].code })
  const [fault] = failures
  if (fault !== undefined) return yield* new ExitWith({ exitCode: fault.exitCode })
  if (worst !== "ok") return yield* new ExitWith({ exitCode: exitCodes.Different })
})

const reportFailure = Effect.fnUntraced(function* (failure: Failure, style: CheckInput["exitStyle"]) {
  if (style === "cli") return yield* failure
  yield* reportUnknown(failure)
  return yield* new ExitWith({ exitCode: monitoringStates.unknown.code })
})
