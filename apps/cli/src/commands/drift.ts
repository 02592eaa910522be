import type { Drift } from "@cbr/domain"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { needsOneSource, readSource, sourceConfig } from "../BackupSource.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended } from "../Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import type { Surroundings } from "../output/Format.ts"
import { laidOut } from "../output/Layout.ts"
import type { Piece } from "../output/Paint.ts"
import { printFindings, selection } from "../Printing.ts"
import * as Settings from "../Settings.ts"

/** `cbr drift`: where the service's answer departs from the API's page. */
export const drift = (messages: Messages) =>
  Command.make(
    "drift",
    {
      ...sourceConfig(messages),
      exitCode: Settings.switchFlag("exit-code", messages.flags.exitCode)
    },
    Effect.fn("drift")(function* ({ exitCode, ...source }) {
      yield* selection
      const { response } = yield* readSource(source)
      const found = response.drift
      yield* printFindings(
        found.map((each) => ({ ...each })),
        (where) => text(found, where)
      )
      if (exitCode && found.length > 0) return yield* new Ended({ exitCode: exitCodes.Different })
    })
  ).pipe(
    Command.validate((input) => needsOneSource(input)),
    Command.withDescription(messages.commands.drift.long),
    Command.withShortDescription(messages.commands.drift.short),
    Command.withExamples(messages.commands.drift.examples)
  )

const text = (found: ReadonlyArray<Drift>, where: Surroundings): string => {
  const { messages } = where
  if (found.length === 0) return messages.drift.none
  const rows = found.map(({ actual, expected, kind, path }): ReadonlyArray<Piece> => [
    { text: messages.drift.kinds[kind], tone: kind === "WrongType" ? "bad" : "busy" },
    path,
    messages.drift.departure(expected, actual)
  ])
  return laidOut(rows, where)
}
