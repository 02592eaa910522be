import type { JsonValue } from "@cbr/client/jmespath"
import { type Change, diff as difference, type FieldValue } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { withHelp } from "../../args/CommandHelp.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { usageError } from "../../args/UsageError.ts"
import { resolveSettings } from "../../calls/CommandSettings.ts"
import { findLastTwo } from "../../calls/ResourceLookup.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import { readBackup } from "../../input/BackupInput.ts"
import type { Messages } from "../../messages/Messages.ts"
import type { RenderContext } from "../../output/Format.ts"
import { compileQuery, printFindings } from "../../output/Printer.ts"
import { withSlowNotice } from "../../terminal/Progress.ts"
import { paint, type Piece } from "../../text/Style.ts"
import { wrap } from "../../text/wrap.ts"
import { texts } from "./texts.ts"

/** `cbr diff`: shows the differences between two backups. */
export const diff = (messages: Messages) =>
  Command.make(
    "diff",
    {
      before: Argument.String("BEFORE").pipe(
        Argument.withDescription(messages.pick(texts).args.diffSide),
        Argument.optional
      ),
      after: Argument.String("AFTER").pipe(
        Argument.withDescription(messages.pick(texts).args.diffSide),
        Argument.optional
      ),
      resource: Flags.flagWithoutVariable("resource", "NAME|ID", messages.pick(texts).resource),
      exitCode: Flags.switchFlag("exit-code", messages.flags.exitCode),
      ...connectionFlags(messages)
    },
    Effect.fn("diff")(function* ({ after, before, exitCode, resource, ...given }) {
      yield* compileQuery
      const settings = yield* resolveSettings(given)
      const [earlier, later] = Option.isSome(resource)
        ? yield* findLastTwo(resource.value, settings).pipe(
            withSlowNotice({ what: resource.value, debug: settings.debug })
          )
        : // In order: if both are standard input, the second is empty and fails.
          yield* Effect.forEach([before, after], (word) =>
            readBackup(
              Option.getOrElse(word, () => ""),
              settings
            )
          )
      if (earlier === undefined || later === undefined) return
      const changes = difference(earlier.backup, later.backup)
      yield* printFindings(changes.map(toJson), (where) => text(changes, where))
      if (exitCode && changes.length > 0) return yield* new ExitWith({ exitCode: exitCodes.Different })
    })
  ).pipe(
    Command.validate(({ after, before, resource }) => {
      const words = Number(Option.isSome(before)) + Number(Option.isSome(after))
      return words === (Option.isSome(resource) ? 0 : 2) ? Effect.void : usageError(({ pick }) => pick(texts).twoSides)
    }),
    withHelp(messages.pick(texts))
  )

const toJson = ({ after, before, path }: Change): JsonValue => ({
  path,
  before: valueOf(before),
  after: valueOf(after)
})

/** A timestamp's JSON is its text. */
const valueOf = (value: FieldValue | undefined): JsonValue =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonValue)

const text = (changes: ReadonlyArray<Change>, { colour, messages, width }: RenderContext): string => {
  if (changes.length === 0) return messages.pick(texts).none
  const shown = (value: FieldValue | undefined) => JSON.stringify(valueOf(value))
  return changes
    .map(({ after, before, path }): ReadonlyArray<Piece> => {
      if (before === undefined) return [{ text: `+ ${path}: ${shown(after)}`, tone: "good" }]
      if (after === undefined) return [{ text: `- ${path}: ${shown(before)}`, tone: "bad" }]
      return [`~ ${path}: `, { text: shown(before), tone: "bad" }, " → ", { text: shown(after), tone: "good" }]
    })
    .flatMap((line) => wrap(line, 4, width))
    .map((line) => paint(line, colour))
    .join("\n")
}
