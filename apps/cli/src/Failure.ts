import { ErrorTable, hintOf, type ShowBackupError } from "@cbr/client"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Messages } from "./messages/Messages.ts"
import { inert } from "./TerminalText.ts"

const kinds = Object.keys(ErrorTable) as Array<keyof typeof ErrorTable>

/**
 * What a command tells when it fails: what happened, why, and what to do next.
 * Every failure is of one of the core's kinds, whose table gives its exit code.
 */
export class Failure extends Schema.TaggedError<Failure>()("Failure", {
  kind: Schema.Literals(kinds),
  what: Schema.String,
  why: Schema.String,
  next: Schema.String
}) {
  override get message(): string {
    return `${this.what}: ${this.why}`
  }

  get exitCode(): number {
    return ErrorTable[this.kind].exitCode
  }
}

/** An error of the core in the user's language. `about` is what the command was asked for. */
export const failureOf = Effect.fnUntraced(function* (error: ShowBackupError, about: string) {
  const messages = yield* Messages
  const { comeBack } = messages.failure
  const hint = messages.pick(hintOf(error))
  return new Failure({
    kind: error._tag,
    what: `${messages.pick(ErrorTable[error._tag].title)}: ${about}`,
    why: why(error, messages),
    next: error.retry_after === undefined ? hint : `${hint}; ${comeBack(Math.ceil(error.retry_after))}`
  })
})

/** The message, with the request id and the error code where it does not name them itself. */
const why = (error: ShowBackupError, { failure }: Messages): string => {
  const { attempts = 0, error_code, message, request_id } = error
  const details = [
    ...(error_code === undefined || message.includes(error_code) ? [] : [failure.errorCode(error_code)]),
    ...(request_id === undefined ? [] : [failure.requestId(request_id)]),
    ...(attempts > 1 ? [failure.attempts(attempts)] : [])
  ]
  return details.length === 0 ? message : `${message} (${details.join(", ")})`
}

const onOneLine = (text: string): string => text.replaceAll(/\n\n\s*/g, ". ").replaceAll(/\n\s*/g, " ")

/** Writes a failure to stderr: exactly three lines. */
export const report = Effect.fnUntraced(function* (failure: Failure) {
  const { failure: words } = yield* Messages
  yield* Console.error(
    [
      `cbr: ${failure.what} (${words.exit(failure.exitCode)})`,
      `  ${words.why} ${failure.why}`,
      `  ${words.next} ${failure.next}`
    ]
      .map((line) => inert(onOneLine(line)))
      .join("\n")
  )
})
