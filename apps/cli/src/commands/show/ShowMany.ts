import type { ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { type CommandTimeout, timedOut, timeUp } from "../../calls/CommandTimeout.ts"
import { exitCodes } from "../../exit/ExitCodes.ts"
import { ExitWith } from "../../exit/ExitWith.ts"
import type { Failure } from "../../failures/Failure.ts"
import { readIds } from "../../input/BackupIdInput.ts"
import type { BackupPrinter } from "../../output/Printer.ts"
import * as V8Flags from "../../startup/V8Flags.ts"
import { withoutProgress, withProgress } from "../../terminal/Progress.ts"

/** The most answers that wait for a slow earlier one, for each concurrent fetch. */
const readAhead = 16

interface BatchOptions {
  readonly ids: ReadonlyArray<string>
  readonly concurrency: number
  readonly unordered: boolean
}

/** Shows many backups, in the order of their ids without `--unordered`; a failure of one ends no other. */
export const showMany = Effect.fnUntraced(function* <R>(
  fetched: (word: string) => Effect.Effect<ShowBackupResponse, Failure, R>,
  { concurrency, ids, unordered }: BatchOptions,
  timeout: CommandTimeout | undefined,
  printer: BackupPrinter
) {
  yield* V8Flags.optimizeForSize
  const turns = yield* Semaphore.make(concurrency)
  const isLate = Effect.map(Clock.currentTimeMillis, (now) => timeout !== undefined && now >= timeout.end)
  let failures = 0
  let answered = 0
  let isCut = false
  const cut = Effect.sync(() => void (isCut = true))
  const words =
    timeout === undefined ? readIds(ids) : Stream.interruptWhen(readIds(ids), Effect.andThen(timeUp(timeout), cut))
  /** The outcome of one id; undefined if the time is up. */
  const outcome = Effect.fnUntraced(function* (word: string) {
    if (yield* isLate) return yield* cut
    const result = yield* Effect.result(fetched(word))
    if (Result.isSuccess(result) || !(yield* isLate)) answered++
    else yield* cut
    return { word, result }
  })
  const { stdinIsTerminal } = yield* Stdio.Stdio
  // A user who types the ids sees the results, and needs the line.
  const counting = ids.includes("-") && (yield* stdinIsTerminal) ? withoutProgress : withProgress
  yield* counting(
    (count) =>
      words.pipe(
        Stream.mapEffect((word) => turns.withPermit(outcome(word)), {
          concurrency: unordered ? concurrency : concurrency * readAhead,
          unordered
        }),
        Stream.filter((ended) => ended !== undefined),
        Stream.runForEach(({ result, word }) => {
          count(Result.isFailure(result))
          if (Result.isSuccess(result)) return printer.printBackup(result.success, word)
          failures++
          return printer.printFailure(word, result.failure)
        })
      )
    // The output stays a whole document if the input fails.
  ).pipe(Effect.tapError(() => printer.end))
  yield* printer.end
  if (timeout !== undefined && isCut) return yield* timedOut(timeout, "cbr show", answered)
  if (failures > 0) return yield* new ExitWith({ exitCode: exitCodes.SomeFailed })
})
