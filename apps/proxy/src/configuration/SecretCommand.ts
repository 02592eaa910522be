import { TextFile } from "@cbr/client"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import * as ChildProcess from "effect/process/ChildProcess"
import type * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** A program that did not print a secret. What it said instead may quote one, and is not kept. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", { message: Schema.String }) {}

/** What a program prints, which has ten seconds for it. */
const patience = Duration.seconds(10)

/** Far more than a key or a token has. */
const longest = ByteSize.kibibytes(64)

const failed = (message: string) => new CommandFailed({ message })
const cannotRun = ({ reason }: PlatformError.PlatformError) => failed(`the command cannot be run (${reason._tag})`)

/**
 * What a program prints on standard output. It has the proxy's environment, no
 * standard input and no shell, and is ended when its time is over.
 *
 * @param command the program and its arguments
 * @param folder where it runs
 */
export const printedBy = (
  [program = "", ...args]: ReadonlyArray<string>,
  folder: string
): Effect.Effect<string, CommandFailed, ChildProcessSpawner.ChildProcessSpawner> =>
  Effect.gen(function* () {
    const { exitCode, stdout } = yield* ChildProcess.make(program, args, {
      cwd: folder,
      extendEnv: true,
      stdin: "ignore",
      stderr: "ignore",
      forceKillAfter: "1 second"
    })
    const bytes = yield* stdout.pipe(
      Stream.mapError(cannotRun),
      Stream.limitBytes<CommandFailed, never>(longest, () => Stream.fail(failed("the command printed too much"))),
      Stream.runCollect
    )
    const code = yield* exitCode
    if (code !== 0) return yield* failed(`the command ended with code ${code}`)
    return TextFile.decode(Buffer.concat(bytes)) ?? (yield* failed("the command printed no text in UTF-8"))
  }).pipe(
    Effect.scoped,
    Effect.catchTag("PlatformError", (error) => Effect.fail(cannotRun(error))),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(failed(`the command did not end within ${Duration.toSeconds(patience)} s`))
    })
  )
