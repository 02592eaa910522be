import { type Drift, driftText } from "@cbr/domain"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { needsOneSource, readSource, sourceConfig } from "../BackupSource.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended } from "../Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import type { Surroundings } from "../output/Format.ts"
import type { JsonValue } from "../output/JsonValue.ts"
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
      yield* printFindings(found.map(toJson), (where) => text(found, where))
      if (exitCode && found.length > 0) return yield* new Ended({ exitCode: exitCodes.Different })
    })
  ).pipe(
    Command.validate((input) => needsOneSource(input)),
    Command.withDescription(messages.commands.drift.long),
    Command.withShortDescription(messages.commands.drift.short),
    Command.withExamples(messages.commands.drift.examples)
  )

/** In English, as all data are. */
const toJson = (drift: Drift): JsonValue => {
  const { actual, expected } = driftText(drift)
  return { kind: drift.kind, path: drift.path, expected: expected.en, actual: actual.en }
}

const text = (found: ReadonlyArray<Drift>, where: Surroundings): string => {
  const { messages } = where
  if (found.length === 0) return messages.drift.none
  const rows = found.map((each): ReadonlyArray<Piece> => [
    { text: messages.drift.kinds[each.kind], tone: each.kind === "WrongType" ? "bad" : "busy" },
    each.path,
    messages.drift.departure(each)
  ])
  return laidOut(rows, where)
}
