import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { environmentSecret } from "../Settings.ts"
import type { SecretReference } from "./SecretReference.ts"

/** A secret that is not where the configuration says. */
class SecretMissing extends Schema.TaggedError<SecretMissing>()("SecretMissing", { message: Schema.String }) {}

/**
 * The secret that a reference leads to. A file that an editor ended with a
 * line break holds the same secret as one without.
 *
 * @param file where the reference's file lies, if it has one
 */
export const secretOf = Effect.fnUntraced(function* (reference: SecretReference, file: string | undefined) {
  if (reference.inline !== undefined) return reference.inline
  if (reference.env !== undefined) {
    const found = yield* environmentSecret(reference.env)
    return found ?? (yield* new SecretMissing({ message: `the variable ${reference.env} is not set` }))
  }
  const text = yield* (yield* FileSystem.FileSystem)
    .readFileString(file ?? "")
    .pipe(
      Effect.catchTag("PlatformError", ({ reason }) =>
        Effect.fail(new SecretMissing({ message: `the file cannot be read (${reason._tag})` }))
      )
    )
  const secret = text.replace(/\r?\n$/, "")
  return secret === "" ? yield* new SecretMissing({ message: "the file is empty" }) : Redacted.make(secret)
})
