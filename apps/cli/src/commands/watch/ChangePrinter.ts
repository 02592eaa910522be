import type { Observation } from "@cbr/client"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { failureOf } from "../../failures/ClientFailure.ts"
import type { Failure } from "../../failures/Failure.ts"
import { report } from "../../failures/FailureReport.ts"
import { Messages } from "../../messages/Messages.ts"
import { backupPrinter, printNext, renderContext } from "../../output/Printer.ts"
import { paint } from "../../text/Style.ts"
import { changeLine, nextState, type WatchState } from "../../watching/WatchState.ts"

/** Prints the observations of a watch. */
export interface ChangePrinter {
  readonly change: (id: string, observation: Observation) => Effect.Effect<void, Failure>
  /** Prints the failure of one of many backups. */
  readonly failed: (id: string, failure: Failure) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

/**
 * Prints each change on stdout: a line on a terminal, by default a line of JSON in a pipe.
 *
 * @param resource that the command line names in place of an id
 */
export const changePrinter = Effect.fnUntraced(function* (
  resource: string | undefined
): Effect.fn.Return<ChangePrinter, Failure> {
  const { output, query, stdoutIsTerminal } = yield* OutputOptions
  const messages = yield* Messages
  const name = output ?? (query === undefined && stdoutIsTerminal ? "table" : "ndjson")
  if (name !== "table" || query !== undefined) {
    const printer = yield* backupPrinter(true, name)
    return {
      change: (id, observation) => {
        if (observation._tag === "Seen") return printer.printBackup(observation.response, id)
        return observation._tag === "Gone"
          ? Effect.flatMap(
              Effect.provideService(failureOf(observation.error, { what: id }), Messages, messages),
              (failure) => printer.printFailure(id, failure)
            )
          : Effect.void
      },
      failed: printer.printFailure,
      end: printer.end
    }
  }
  const where = yield* renderContext
  const all = new Map<string, WatchState>()
  return {
    change: Effect.fnUntraced(function* (id, observation) {
      const before = all.get(id) ?? { id, resource, newest: undefined, backup: undefined }
      const now = nextState(before, observation)
      all.set(id, now)
      const moment = yield* DateTime.now
      const line = changeLine(before, now, DateTime.formatIso(moment), { ...where, now: moment })
      yield* printNext(paint(line, where.colour))
    }),
    failed: (_, failure) => report(failure),
    end: Effect.void
  }
})
