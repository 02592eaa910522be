import type { JsonValue } from "@cbr/client/jmespath"
import { type Drift, driftText } from "@cbr/domain"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { requireOneSelector } from "../../args/BackupSelectors.ts"
import { withHelp } from "../../args/CommandHelp.ts"
import * as Flags from "../../args/Flags.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { readInput, backupInputFlags } from "../../input/BackupInput.ts"
import type { Messages } from "../../messages/Messages.ts"
import type { RenderContext } from "../../output/Format.ts"
import { compileQuery, printFindings } from "../../output/Printer.ts"
import type { Piece } from "../../text/Style.ts"
import { layOutTable } from "../../text/TableLayout.ts"
import { texts } from "./texts.ts"

/** `cbr drift`: shows where an answer differs from the API's page. */
export const drift = (messages: Messages) =>
  Command.make(
    "drift",
    {
      ...backupInputFlags(messages),
      exitCode: Flags.switchFlag("exit-code", messages.flags.exitCode)
    },
    Effect.fn("drift")(function* ({ exitCode, ...source }) {
      yield* compileQuery
      const { drift: found } = yield* readInput(source)
      yield* printFindings(found.map(toJson), (where) => text(found, where))
      if (exitCode && found.length > 0) return yield* new ExitWith({ exitCode: exitCodes.Different })
    })
  ).pipe(
    Command.validate(({ from, id }) => requireOneSelector({ ids: Option.toArray(id), from, resource: Option.none() })),
    withHelp(messages.pick(texts))
  )

/** The JSON, in English. */
const toJson = (drift: Drift): JsonValue => {
  const { actual, expected } = driftText(drift)
  return { kind: drift.kind, path: drift.path, expected: expected.en, actual: actual.en }
}

const text = (found: ReadonlyArray<Drift>, where: RenderContext): string => {
  const { messages } = where
  if (found.length === 0) return messages.pick(texts).none
  const rows = found.map((each): ReadonlyArray<Piece> => [
    { text: messages.pick(texts).kinds[each.kind], tone: each.kind === "WrongType" ? "bad" : "busy" },
    each.path,
    messages.drift.departure(each)
  ])
  return layOutTable(rows, where)
}
