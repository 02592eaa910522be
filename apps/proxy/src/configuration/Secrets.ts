import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readText } from "../http/FileText.ts"
import { environmentSecret } from "./EnvironmentOverride.ts"
import { printedBy } from "./SecretCommand.ts"
import type { SecretReference } from "./SecretReference.ts"

/** A secret that is not where the configuration says. */
class SecretMissing extends Schema.TaggedError<SecretMissing>()("SecretMissing", { message: Schema.String }) {}

const missing = (message: string) => Effect.fail(new SecretMissing({ message }))

/**
 * The secret that a reference leads to: one line of text that can be printed.
 * A line break at the end, which an editor or a program puts there, is not
 * part of it.
 *
 * @param folder where relative names begin, and commands run
 */
export const secretOf = Effect.fnUntraced(function* (reference: SecretReference, folder: string) {
  if ("inline" in reference) return yield* secretIn(Redacted.value(reference.inline), "the setting")
  if ("env" in reference) {
    const source = `the variable ${reference.env}`
    const found = (yield* environmentSecret(reference.env)) ?? (yield* missing(`${source} is not set`))
    return yield* secretIn(Redacted.value(found), source)
  }
  if ("command" in reference) {
    const printed = Effect.catchTag(printedBy(reference.command, folder), "CommandFailed", ({ message }) =>
      missing(message)
    )
    return yield* secretIn(yield* printed, "what the command printed")
  }
  const text = yield* readText((yield* Path.Path).resolve(folder, reference.file)).pipe(
    Effect.catchTag("FileUnread", ({ message }) => missing(`the file cannot be read: ${message}`))
  )
  return yield* secretIn(text, "the file")
})

/** One line, with the line break that an editor or a program puts after it. */
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
