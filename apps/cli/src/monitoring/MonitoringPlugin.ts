import type { Verdict } from "@cbr/domain"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { CommandLine } from "../args/CommandLine.ts"
import { variable, variableOf } from "../args/Environment.ts"
import { OutputOptions } from "../args/OutputOptions.ts"
import { monitoringStates } from "../exit/ExitCodes.ts"
import { type Failure, onOneLine } from "../failures/Failure.ts"
import { Messages } from "../messages/Messages.ts"
import { wrapPlain } from "../text/wrap.ts"

/**
 * Whether a command line is one of a monitoring plugin, which must not end
 * with a code of ours: its 1 and 2 say something of the backup.
 */
export const isMonitoringPlugin = (line: CommandLine): Effect.Effect<boolean> =>
  line.mayCall("check")
    ? Effect.map(
        variable(variableOf("exit-style")),
        (inEnvironment) => (line.value("exit-style") ?? inEnvironment) !== "cli"
      )
    : Effect.succeed(false)

/** Says that a check could not be made. */
export const printUnknown = (failure: Failure) =>
  Effect.flatMap(Messages, (messages) => {
    const { title, why } = failure.render(messages)
    return printState("unknown", onOneLine(messages.named(title, why)))
  })

/** Says the first line, which a monitoring system shows, unless data were asked for; on a terminal in as many lines as it takes. */
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

/** Text in which nothing is taken for performance data, which begins at a `|` in whatever line. */
export const replacePipes = (text: string): string => text.replaceAll("|", "/")

/**
 * Holds back what is for stderr until the end: monitoring systems that read
 * both streams as one take the first line of either for the plugin's. On a
 * terminal a person reads, and sooner is better.
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

/** Node tells of its own accord, too. */
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
