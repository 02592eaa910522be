import { type Answer, ErrorTable, hintOf, isRetryable, type WaitUntilError } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Messages } from "./messages/Messages.ts"
import type { JsonObject } from "./output/JsonValue.ts"
import { paint, type Piece } from "./output/Paint.ts"
import { Presentation } from "./Presentation.ts"

const kinds = Object.keys(ErrorTable) as Array<keyof typeof ErrorTable>

/** What is known of the call behind a failure. */
const call = {
  retryable: Schema.optionalKey(Schema.Boolean),
  retry_after_s: Schema.optionalKey(Schema.Finite),
  http_status: Schema.optionalKey(Schema.Int),
  service_code: Schema.optionalKey(Schema.String),
  request_id: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  attempts: Schema.optionalKey(Schema.Int),
  elapsed_ms: Schema.optionalKey(Schema.Int)
}

/**
 * What a command tells when it fails: what happened to what, why, and what to
 * do next. Every failure is of one of the core's kinds, whose table gives its
 * exit code.
 */
export class Failure extends Schema.TaggedError<Failure>()("Failure", {
  kind: Schema.Literals(kinds),
  /** What happened, in a few words. */
  title: Schema.String,
  /** What it happened to. */
  what: Schema.String,
  why: Schema.String,
  next: Schema.Array(Schema.String),
  ...call
}) {
  override get message(): string {
    return `${this.title}: ${this.what}`
  }

  get exitCode(): number {
    return ErrorTable[this.kind].exitCode
  }
}

/** A command came to an end that is not 0, and has said all there is to say. */
export class Ended extends Schema.TaggedError<Ended>()("Ended", { exitCode: Schema.Int }) {
  override get message(): string {
    return `ended with ${this.exitCode}`
  }
}

/** What a command was about, for the failures of a call. */
export interface About {
  readonly what: string
  readonly url?: string
  /** When the call began, in epoch milliseconds. */
  readonly started?: number
}

/** An error of the core in the user's language. */
export const failureOf = Effect.fnUntraced(function* (error: WaitUntilError, about: About) {
  const messages = yield* Messages
  const { comeBack } = messages.failure
  const { attempts, error_code, request_id, retry_after, status_code }: Answer = error
  return new Failure({
    kind: error._tag,
    title: messages.pick(ErrorTable[error._tag].title),
    what: about.what,
    why: why(error, messages),
    next: [
      messages.pick(hintOf(error)),
      ...(yield* clockAdvice(error, messages)),
      ...(retry_after === undefined ? [] : [comeBack(Math.ceil(retry_after))])
    ],
    retryable: isRetryable(error),
    ...(retry_after === undefined ? {} : { retry_after_s: retry_after }),
    ...(status_code === undefined ? {} : { http_status: status_code }),
    ...(error_code === undefined ? {} : { service_code: error_code }),
    ...(request_id === undefined ? {} : { request_id }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(about.url === undefined ? {} : { url: about.url }),
    ...(about.started === undefined ? {} : { elapsed_ms: Math.round((yield* Clock.currentTimeMillis) - about.started) })
  })
})

/** How far the clock is off by the service's own, where a refused signature may come of it. */
const clockAdvice = Effect.fnUntraced(function* (error: WaitUntilError, { failure }: Messages) {
  if (error._tag !== "AuthenticationFailed" || error.service_time === undefined) return []
  const skew = Math.round(((yield* Clock.currentTimeMillis) - Date.parse(error.service_time)) / 1000)
  return Math.abs(skew) < 60 ? [] : [failure.clockOff(skew)]
})

/** The reason, with the error code where it does not name it itself. */
const why = (error: WaitUntilError, messages: Messages): string => {
  const { failure } = messages
  const { attempts = 0, error_code }: Answer = error
  const reason = messages.reason(error)
  const details = [
    ...(error_code === undefined || reason.includes(error_code) ? [] : [failure.errorCode(error_code)]),
    ...(attempts > 1 ? [failure.attempts(attempts)] : [])
  ]
  return details.length === 0 ? reason : `${reason} (${details.join(", ")})`
}

/** The keys that an error has as JSON; a stable contract. What is not known is null. */
export const toJson = (failure: Failure): JsonObject => ({
  kind: ErrorTable[failure.kind].slug,
  exit: failure.exitCode,
  message: failure.message,
  why: failure.why,
  next: failure.next,
  retryable: failure.retryable ?? ErrorTable[failure.kind].retryable,
  retry_after_s: failure.retry_after_s ?? null,
  http_status: failure.http_status ?? null,
  service_code: failure.service_code ?? null,
  request_id: failure.request_id ?? null,
  proxy_id: null,
  url: failure.url ?? null,
  attempts: failure.attempts ?? null,
  elapsed_ms: failure.elapsed_ms ?? null
})

const onOneLine = (text: string): string => text.replaceAll(/\n\n\s*/g, ". ").replaceAll(/\n\s*/g, " ")

/** Writes a failure to stderr: a headline and a line for each thing to know, or one JSON object. */
export const report = Effect.fnUntraced(function* (failure: Failure) {
  const { errorColour, errorFormat } = yield* Presentation
  if (errorFormat === "json") return yield* Console.error(JSON.stringify(toJson(failure)))
  const { failure: words } = yield* Messages
  const line = (label: string, text: string): ReadonlyArray<Piece> => [
    { text: `  ${label}`, tone: "faint" },
    ` ${onOneLine(text)}`
  ]
  const ids =
    failure.request_id === undefined
      ? []
      : [line(words.ids, words.request(failure.request_id, DateTime.formatIso(yield* DateTime.now)))]
  yield* Console.error(
    [
      ["cbr: ", { text: onOneLine(failure.title), tone: "bad" } as const, ` (${words.exit(failure.exitCode)})`],
      line(words.what, failure.what),
      line(words.why, failure.why),
      line(words.next, failure.next.join(" | ")),
      ...ids
    ]
      .map((pieces) => paint(pieces, errorColour))
      .join("\n")
  )
})
