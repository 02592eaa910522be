import { constants } from "node:os"
import * as Effect from "effect/Effect"
import type { PlatformError } from "effect/PlatformError"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stdio from "effect/Stdio"
import { Failure } from "../../failures/Failure.ts"
import { texts } from "./texts.ts"

/**
 * Runs a program with the streams of this one and a changed environment, and returns its exit code as a shell does. At
 * a terminal the program is in the foreground: it can prompt, and handles Ctrl-C itself.
 */
export const runForeground = Effect.fnUntraced(function* (
  command: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
) {
  const [program = "", ...args] = command
  const isInFront = yield* (yield* Stdio.Stdio).stdinIsTerminal
  const running = yield* ChildProcess.make(program, args, {
    env,
    extendEnv: true,
    // A process group of its own has no terminal, but can be ended with all its children.
    detached: !isInFront,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit"
  }).pipe(Effect.mapError((error) => cannotRun(command, error)))
  if (isInFront) yield* ignoreSigint
  return yield* running.exitCode.pipe(
    Effect.map(Number),
    Effect.catch((error) => Effect.succeed(signalExitCode(error)))
  )
}, Effect.scoped)

/** Ignores Ctrl-C, which the terminal sends to this program too. */
const ignoreSigint = Effect.acquireRelease(
  Effect.sync(() => {
    const listeners = process.listeners("SIGINT")
    process.removeAllListeners("SIGINT").on("SIGINT", () => {})
    return listeners
  }),
  (listeners) =>
    Effect.sync(() => {
      process.removeAllListeners("SIGINT")
      for (const listener of listeners) process.on("SIGINT", listener)
    })
)

/** The exit code for a signal, whose name the library has only in a sentence. */
const signalExitCode = ({ reason }: PlatformError): number => {
  const [name] = /SIG[A-Z0-9]+/.exec(String(reason.cause)) ?? []
  return 128 + (name === undefined ? 0 : constants.signals[name as NodeJS.Signals])
}

const cannotRun = (command: ReadonlyArray<string>, { reason }: PlatformError): Failure =>
  Failure.of("InvalidRequest", command.join(" "), ({ pick, saved }) => [
    pick(texts).cannotRun,
    saved.reasons[reason._tag] ?? reason._tag,
    pick(texts).checkCommand
  ])
