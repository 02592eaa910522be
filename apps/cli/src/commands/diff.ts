import { type Change, diff as difference, type FieldValue } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { readWord } from "../BackupSource.ts"
import { exitCodes } from "../ExitCodes.ts"
import { Ended } from "../Failure.ts"
import type { Messages } from "../messages/Messages.ts"
import type { Surroundings } from "../output/Format.ts"
import type { JsonValue } from "../output/JsonValue.ts"
import { paint, type Piece } from "../output/Paint.ts"
import { wrapped } from "../output/Wrapping.ts"
import { printFindings, selection } from "../Printing.ts"
import * as Settings from "../Settings.ts"
import { settingsInUse } from "../SettingsInUse.ts"

/** `cbr diff`: what changed from one backup to another, or from then to now. */
export const diff = (messages: Messages) =>
  Command.make(
    "diff",
    {
      before: Argument.String("BEFORE").pipe(Argument.withDescription(messages.args.diffSide)),
      after: Argument.String("AFTER").pipe(Argument.withDescription(messages.args.diffSide)),
      exitCode: Settings.switchFlag("exit-code", messages.flags.exitCode),
      ...Settings.connectionFlags(messages)
    },
    Effect.fn("diff")(function* ({ after, before, exitCode, ...given }) {
      yield* selection
      const settings = yield* settingsInUse(given)
      // One after the other: both may be standard input, which then fails as an empty one.
      const earlier = yield* readWord(before, settings)
      const later = yield* readWord(after, settings)
      const changes = difference(earlier.backup, later.backup)
      yield* printFindings(changes.map(toJson), (where) => text(changes, where))
      if (exitCode && changes.length > 0) return yield* new Ended({ exitCode: exitCodes.Different })
    })
  ).pipe(
    Command.withDescription(messages.commands.diff.long),
    Command.withShortDescription(messages.commands.diff.short),
    Command.withExamples(messages.commands.diff.examples)
  )

const toJson = ({ after, before, path }: Change): JsonValue => ({
  path,
  before: valueOf(before),
  after: valueOf(after)
})

/** A timestamp's JSON is its text. */
const valueOf = (value: FieldValue | undefined): JsonValue =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonValue)

const text = (changes: ReadonlyArray<Change>, { colour, messages, width }: Surroundings): string => {
  if (changes.length === 0) return messages.diff.none
  const shown = (value: FieldValue | undefined) => JSON.stringify(valueOf(value))
  return changes
    .map(({ after, before, path }): ReadonlyArray<Piece> => {
      if (before === undefined) return [{ text: `+ ${path}: ${shown(after)}`, tone: "good" }]
      if (after === undefined) return [{ text: `- ${path}: ${shown(before)}`, tone: "bad" }]
      return [`~ ${path}: `, { text: shown(before), tone: "bad" }, " → ", { text: shown(after), tone: "good" }]
    })
    .flatMap((line) => wrapped(line, 4, width))
    .map((line) => paint(line, colour))
    .join("\n")
}
