import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { environmentSecret } from "../Settings.ts"
import { whyUnread } from "./FileTrouble.ts"
import { printedBy } from "./SecretCommand.ts"
import type { SecretReference } from "./SecretReference.ts"

/** A secret that is not where the configuration says. */
class SecretMissing extends Schema.TaggedError<SecretMissing>()("SecretMissing", { message: Schema.String }) {}

const missing = (message: string) => Effect.fail(new SecretMissing({ message }))

/**
 * The secret that a reference leads to. A line break at the end, which an
 * editor or a program puts there, is not part of it.
 *
 * @param folder where relative names begin, and commands run
 */
export const secretOf = Effect.fnUntraced(function* ({ command, env, file, inline }: SecretReference, folder: string) {
  if (inline !== undefined) return inline
  if (env !== undefined) {
    return (yield* environmentSecret(env)) ?? (yield* missing(`the variable ${env} is not set`))
  }
  if (command !== undefined) {
    const printed = yield* Effect.catchTag(printedBy(command, folder), "CommandFailed", ({ message }) =>
      missing(message)
    )
    return yield* secretIn(printed, "the command printed nothing")
  }
  const text = yield* (yield* FileSystem.FileSystem)
    .readFileString((yield* Path.Path).resolve(folder, file ?? ""))
    .pipe(Effect.catchTag("PlatformError", (error) => missing(`the file cannot be read: ${whyUnread(error)}`)))
  return yield* secretIn(text, "the file is empty")
})

const secretIn = (text: string, otherwise: string) => {
  const secret = text.replace(/\r?\n$/, "")
  return secret === "" ? missing(otherwise) : Effect.succeed(Redacted.make(secret))
}
