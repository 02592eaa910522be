import { TextFile } from "@cbr/client"
import * as ByteSize from "effect/ByteSize"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import * as ChildProcess from "effect/process/ChildProcess"
import type * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { readText } from "../http/TextFile.ts"
import { environmentSecret } from "./EnvironmentOverride.ts"
import type { SecretReference } from "./SecretReference.ts"

/** A secret that is missing or malformed. The message quotes neither the secret nor the output of a program. */
export class SecretMissing extends Schema.TaggedError<SecretMissing>()("SecretMissing", { message: Schema.String }) {}

const missing = (message: string) => Effect.fail(new SecretMissing({ message }))

/**
 * The secret of a reference: one line of printable text. A line break at the
 * end, which an editor or a program puts there, is not part of it.
 *
 * @param folder the folder in which a command runs
 */
export const secretOf = Effect.fnUntraced(
  function* (reference: SecretReference, folder: string) {
    if ("inline" in reference) return yield* secretIn(Redacted.value(reference.inline), "the setting")
    if ("env" in reference) {
      const source = `the variable ${reference.env}`
      const found = (yield* environmentSecret(reference.env)) ?? (yield* missing(`${source} is not set`))
      return yield* secretIn(Redacted.value(found), source)
    }
    if ("command" in reference) {
      return yield* secretIn(yield* printedBy(reference.command, folder), "what the command printed")
    }
    const text = yield* readText(reference.file).pipe(
      Effect.catchTag("FileUnread", ({ message }) => missing(`the file cannot be read: ${message}`))
    )
    return yield* secretIn(text, "the file")
  },
  Effect.catchTag("ConfigError", ({ message }) => missing(message))
)

/** The one line of a text. */
const secretIn = (text: string, source: string) => {
  const secret = text.replace(/\r?\n$/, "")
  if (secret === "") return missing(`${source} holds nothing`)
  if (/[^\P{Cc}\r\n]|[\ufffd\ufeff]/u.test(secret)) {
    return missing(`${source} holds a character that cannot be printed: save it as plain text in UTF-8`)
  }
  return /[\r\n]/.test(secret)
    ? missing(`${source} holds more than one line: a secret is one`)
    : Effect.succeed(Redacted.make(secret))
}

/** The time that a command has. */
const patience = Duration.seconds(10)

/** Far more than a key or a token has. */
const longest = ByteSize.kibibytes(64)

const cannotRun = ({ reason }: PlatformError.PlatformError) =>
  missing(
    reason._tag === "NotFound"
      ? "the command cannot be run: there is no such program; correct its name, or give its path"
      : `the command cannot be run (${reason._tag})`
  )

/**
 * Runs a program and returns its standard output. It has the proxy's
 * environment, no standard input and no shell. Kills it after ten seconds.
 *
 * @param command the program and its arguments
 * @param folder the folder in which it runs
 */
export const printedBy = (
  [program = "", ...args]: ReadonlyArray<string>,
  folder: string
): Effect.Effect<string, SecretMissing, ChildProcessSpawner.ChildProcessSpawner> =>
  Effect.gen(function* () {
    const { exitCode, stdout } = yield* ChildProcess.make(program, args, {
      cwd: folder,
      extendEnv: true,
      stdin: "ignore",
      stderr: "ignore",
      forceKillAfter: "1 second"
    })
    const bytes = yield* stdout.pipe(
      Stream.catch((error) => Stream.fromEffect(cannotRun(error))),
      Stream.limitBytes<SecretMissing, never>(longest, () =>
        Stream.fromEffect(missing("the command printed too much"))
      ),
      Stream.runCollect
    )
    const code = yield* exitCode
    if (code !== 0) return yield* missing(`the command ended with code ${code}`)
    return TextFile.decode(Buffer.concat(bytes)) ?? (yield* missing("the command printed no text in UTF-8"))
  }).pipe(
    Effect.scoped,
    Effect.catchTag("PlatformError", cannotRun),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => missing(`the command did not end within ${Duration.toSeconds(patience)} s`)
    })
  )
