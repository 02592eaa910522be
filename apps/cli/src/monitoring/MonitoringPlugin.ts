import type { Verdict } from "@cbr/domain"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { CommandLine } from "../args/CommandLine.ts"
import { variable, variableOf } from "../args/Environment.ts"
import { OutputOptions } from "../args/OutputOptions.ts"
import { monitoringStates } from "../exit/ExitCodes.ts"
import type { Failure } from "../failures/Failure.ts"
import { onOneLine, report } from "../failures/FailureReport.ts"
import { Messages } from "../messages/Messages.ts"
import { wrapPlain } from "../text/wrap.ts"

/**
 * Whether a command line runs as a monitoring plugin, whose exit codes 1 and 2 are verdicts on the backup.
 */
export const isMonitoringPlugin = (line: CommandLine): Effect.Effect<boolean> =>
  line.mayCall("check")
    ? Effect.map(
        variable(variableOf("exit-style")),
        (inEnvironment) => (line.value("exit-style") ?? inEnvironment) !== "cli"
      )
    : Effect.succeed(false)

/** Reports the failure of a check itself: UNKNOWN on standard output, which monitoring systems read, and more on stderr. */
export const reportUnknown = Effect.fnUntraced(function* (failure: Failure) {
  const messages = yield* Messages
  const { title, why } = failure.render(messages)
  yield* printState("unknown", onOneLine(messages.named(title, why)))
  yield* report(failure, monitoringStates.unknown.code)
})

/** Prints the first line, which a monitoring system shows, unless the output is data; on a terminal it wraps. */
export const printState = Effect.fnUntraced(function* (
  verdict: Verdict,
  summary: string,
  figures: ReadonlyArray<string> = []
) {
  const { output, stdoutWidth } = yield* OutputOptions
  if (output !== undefined && output !== "table") return
  const line = `CBR ${monitoringStates[verdict].word} - ${replacePipes(summary)}`
  yield* Console.log(wrapPlain([figures.length === 0 ? line : `${line} | ${figures.join(" ")}`], stdoutWidth))
})

/** Replaces `|`, which begins performance data in any line. */
export const replacePipes = (text: string): string => text.replaceAll("|", "/")

/**
 * Delays stderr until the end: monitoring systems that merge both streams take their first line as the plugin's. On a
 * terminal nothing is delayed.
 */
export const withStatusLineFirst = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const { errorFormat, stderrIsTerminal } = yield* OutputOptions
    if (stderrIsTerminal) return yield* self
    const console = yield* Console.Console
    const held: Array<string> = []
    const hold = (...said: ReadonlyArray<unknown>) => void held.push(said.map(String).join(" "))
    const safe = (line: string) =>
      errorFormat === "json" ? line.replaceAll("|", String.raw`\u007c`) : replacePipes(line)
    const release = Effect.sync(() => held.splice(0).forEach((line) => console.error(safe(line))))
    return yield* self.pipe(
      Effect.provideService(Console.Console, Object.assign(Object.create(console) as Console.Console, { error: hold })),
      withWarnings(hold),
      Effect.ensuring(release)
    )
  })

/** Delays the warnings of Node too. */
const withWarnings =
  (hold: (said: unknown) => void) =>
  <A, E, R>(self: Effect.Effect<A, E, R>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const listeners = process.rawListeners("warning") as Array<(warning: Error) => void>
        process.removeAllListeners("warning").on("warning", hold)
        return listeners
      }),
      () => self,
      (listeners) =>
        Effect.sync(() => {
          process.off("warning", hold)
          for (const listener of listeners) process.on("warning", listener)
        })
    )
