import { formatCondition, WaitCondition } from "@cbr/client"
import type { ShowBackupResponse } from "@cbr/domain"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../../args/OutputOptions.ts"
import { type BackupPrinter, renderContext } from "../../output/Printer.ts"
import { verdictOn } from "../../output/Verdict.ts"
import { paint } from "../../text/Style.ts"
import { texts } from "./texts.ts"

/** Prints a line for each, or its answer in the format of `-o` and through `--query`. */
export const printResults = Effect.fnUntraced(function* (
  results: ReadonlyArray<WaitResult>,
  condition: WaitCondition.WaitCondition,
  printer: BackupPrinter
) {
  const { output, query } = yield* OutputOptions
  for (const { id, response } of results) {
    if (output === undefined && query === undefined) yield* printLine(id, response, condition)
    else if (response !== undefined) yield* printer.printBackup(response, id)
  }
  if (output !== undefined || query !== undefined) yield* printer.end
})

/** A backup that met the condition, and its last response. */
export interface WaitResult {
  readonly id: string
  /** Undefined for a backup that was never there, if the condition is `deleted`. */
  readonly response: ShowBackupResponse | undefined
}

const printLine = Effect.fnUntraced(function* (
  id: string,
  response: ShowBackupResponse | undefined,
  condition: WaitCondition.WaitCondition
) {
  const where = yield* renderContext
  const words = where.messages.pick(texts)
  yield* Console.log(
    paint(
      [
        `${id}  ${words.met(formatCondition(condition))}`,
        ...(response === undefined || condition._tag === "Deleted"
          ? []
          : ["  ", ...verdictOn(response.backup, where).line])
      ],
      where.colour
    )
  )
})
