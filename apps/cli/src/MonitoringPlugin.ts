import type { Verdict } from "@cbr/domain"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { monitoringStates } from "./ExitCodes.ts"
import { type Failure, onOneLine } from "./Failure.ts"
import { Messages } from "./messages/Messages.ts"
import { plain } from "./output/Wrapping.ts"
import { given, mayCall, Presentation } from "./Presentation.ts"
import { variable, variableOf } from "./Settings.ts"

/**
 * Whether a command line is one of a monitoring plugin, which must not end
 * with a code of ours: its 1 and 2 say something of the backup.
 */
export const isMonitoringPlugin = (words: ReadonlyArray<string>): Effect.Effect<boolean> =>
  mayCall(words, "check")
    ? Effect.map(
        variable(variableOf("exit-style")),
        (inEnvironment) => (given(words, "--exit-style") ?? inEnvironment) !== "cli"
      )
    : Effect.succeed(false)

/** Says that a check could not be made. */
export const sayUnknown = (failure: Failure) =>
  Effect.flatMap(Messages, (messages) => {
    const { title, why } = failure.tell(messages)
    return sayState("unknown", onOneLine(messages.named(title, why)))
  })

/** Says the first line, which a monitoring system shows, unless data were asked for; on a terminal in as many lines as it takes. */
export const sayState = Effect.fnUntraced(function* (
  verdict: Verdict,
  summary: string,
  figures: ReadonlyArray<string> = []
) {
  const { output, stdoutWidth } = yield* Presentation
  if (output !== undefined && output !== "table") return
  const line = `CBR ${monitoringStates[verdict].word} - ${withoutPipes(summary)}`
  yield* Console.log(plain([figures.length === 0 ? line : `${line} | ${figures.join(" ")}`], stdoutWidth))
})

/** Text in which nothing is taken for performance data, which begins at a `|` in whatever line. */
export const withoutPipes = (text: string): string => text.replaceAll("|", "/")

/**
 * Holds back what is for stderr until the end: monitoring systems that read
 * both streams as one take the first line of either for the plugin's. On a
 * terminal a person reads, and sooner is better.
 */
export const withStatusLineFirst = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const { errorFormat, stderrIsTerminal } = yield* Presentation
    if (stderrIsTerminal) return yield* self
    const console = yield* Console.Console
    const held: Array<string> = []
    const hold = (...said: ReadonlyArray<unknown>) => void held.push(said.map(String).join(" "))
    const safe = (line: string) =>
      errorFormat === "json" ? line.replaceAll("|", String.raw`\u007c`) : withoutPipes(line)
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
