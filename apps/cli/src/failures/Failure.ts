import {
  type Answer,
  ErrorTable,
  type FailureDetail,
  hintOf,
  isRetryable,
  type NoCredentials,
  type WaitUntilError
} from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import { exitCodes } from "../exit/ExitCodes.ts"
import { en } from "../messages/en.ts"
import { Messages } from "../messages/Messages.ts"
import type { JsonObject } from "../text/JsonValue.ts"
import { paint, type Piece, displayWidth } from "../text/Style.ts"
import { textOf, wrap } from "../text/wrap.ts"

/** What is known of the call behind a failure. */
interface CallFacts {
  readonly retryable?: boolean
  readonly retry_after_s?: number
  readonly http_status?: number
  readonly service_code?: string
  readonly request_id?: string
  readonly proxy_id?: string
  readonly url?: string
  readonly attempts?: number
  readonly elapsed_ms?: number
}

/** A failure in one language. */
export interface FailureText {
  /** What happened, in a few words. */
  readonly title: string
  /** What it happened to. */
  readonly what: string
  readonly why: string
  /** The same for a reader, a line each, where it is too much for one. */
  readonly whyLines?: ReadonlyArray<string>
  readonly next: ReadonlyArray<string>
}

interface FailureFields extends CallFacts {
  readonly kind: keyof typeof ErrorTable
  /** What the core says of it, by code. */
  readonly detail?: FailureDetail
  readonly render: (messages: Messages) => FailureText
}

/**
 * What a command tells when it fails: what happened to what, why, and what to
 * do next, in the language of whoever is told: a reader's own, and English in data.
 * Every failure is of one of the core's kinds, whose table gives its exit code.
 */
export class Failure extends Data.TaggedError("Failure")<FailureFields> {
  override get message(): string {
    const { title, what } = this.render(en)
    return `${title}: ${what}`
  }

  get exitCode(): number {
    return exitCodes[this.kind]
  }

  /** The same failure, told of something else, with more to do next. */
  about(what: (messages: Messages) => string, more: (messages: Messages) => ReadonlyArray<string>): Failure {
    const { render } = this
    return new Failure({
      ...this,
      render: (messages) => {
        const told = render(messages)
        return { ...told, what: what(messages), next: [...told.next, ...more(messages)] }
      }
    })
  }
}

/** What a command was about, for the failures of a call. */
export interface FailureContext {
  readonly what: string | ((messages: Messages) => string)
  readonly url?: string
  /** When the call began, in epoch milliseconds. */
  readonly started?: number
}

/** An error of the core as a failure of a command. */
export const failureOf = Effect.fnUntraced(function* (error: WaitUntilError, about: FailureContext) {
  const { attempts, error_code, proxy_request_id, request_id, retry_after, status_code }: Answer = error
  const now = yield* Clock.currentTimeMillis
  return new Failure({
    kind: error._tag,
    detail: error.detail,
    render: (messages) => ({
      title: messages.pick(ErrorTable[error._tag].title),
      what: typeof about.what === "string" ? about.what : about.what(messages),
      why: why(error, messages),
      whyLines: reasonLines(error, messages),
      next: [
        advice(error, messages),
        ...clockAdvice(error, now, messages),
        ...(retry_after === undefined ? [] : [messages.failure.comeBack(Math.ceil(retry_after))])
      ]
    }),
    retryable: isRetryable(error),
    ...omitUndefined({
      retry_after_s: retry_after,
      http_status: status_code,
      service_code: error_code,
      request_id,
      proxy_id: proxy_request_id,
      attempts,
      url: about.url,
      elapsed_ms: about.started === undefined ? undefined : Math.round(now - about.started)
    })
  })
})

/** What to do next. A certificate has a setting of this program, which works in every form of it. */
const advice = (error: WaitUntilError, messages: Messages): string => {
  if (error._tag === "ConnectionFailed" && error.reason === "Tls") return messages.failure.untrusted
  return error._tag === "NoCredentials" ? setUpAdvice(error, messages) : messages.pick(hintOf(error))
}

/** Where to begin, for a user who has set up nothing; else that what is set up is to be corrected. */
export const setUpAdvice = ({ detail: { code } }: NoCredentials, { missing }: Messages): string =>
  code === "no-credentials" || code === "no-endpoint" ? missing.begin : missing.correct

/** How far the clock is off by the service's own, where a refused signature may come of it. */
const clockAdvice = (error: WaitUntilError, now: number, { failure }: Messages): ReadonlyArray<string> => {
  if (error._tag !== "AuthenticationFailed" || error.service_time === undefined) return []
  const skew = Math.round((now - Date.parse(error.service_time)) / 1000)
  return Math.abs(skew) < 60 ? [] : [failure.clockOff(skew)]
}

/** The reason, with the error code where it does not name it itself. */
const why = (error: WaitUntilError, messages: Messages): string => {
  const { failure } = messages
  const { attempts = 0, error_code }: Answer = error
  const reason = messages.detail(error.detail)
  const details = [
    ...(error_code === undefined || reason.includes(error_code) ? [] : [failure.errorCode(error_code)]),
    ...(attempts > 1 ? [failure.attempts(attempts)] : [])
  ]
  return details.length === 0 ? reason : reason + messages.aside(messages.listed(details))
}

/** The reason; where credentials were looked for in vain, a line for each place. */
export const reasonLines = (error: WaitUntilError, messages: Messages): ReadonlyArray<string> =>
  error.detail.code === "no-credentials"
    ? [
        messages.missing.credentials,
        ...error.detail.searched.map(
          ({ place, reason }) => `- ${messages.named(messages.place(place), messages.detail(reason))}`
        )
      ]
    : [why(error, messages)]

/** The keys that an error has as JSON, in English; a stable contract. What is not known is null. */
export const toJson = (failure: Failure, exitCode = failure.exitCode): JsonObject => ({
  kind: ErrorTable[failure.kind].slug,
  exit: exitCode,
  message: failure.message,
  why: failure.render(en).why,
  next: failure.render(en).next,
  retryable: failure.retryable ?? ErrorTable[failure.kind].retryable,
  retry_after_s: failure.retry_after_s ?? null,
  http_status: failure.http_status ?? null,
  service_code: failure.service_code ?? null,
  request_id: failure.request_id ?? null,
  proxy_id: failure.proxy_id ?? null,
  url: failure.url ?? null,
  attempts: failure.attempts ?? null,
  elapsed_ms: failure.elapsed_ms ?? null,
  detail: failure.detail === undefined ? null : (failure.detail as unknown as JsonObject)
})

/** A text of several lines, such as the parser's, as one. */
export const onOneLine = (text: string): string => text.replaceAll(/\n\n\s*/g, ". ").replaceAll(/\n\s*/g, " ")

/**
 * Writes a failure to stderr: a headline and a line for each thing to know, or
 * one JSON object; with the exit code that it ends the program with, where
 * that is another than its own.
 */
export const report = Effect.fnUntraced(function* (failure: Failure, exitCode: number = failure.exitCode) {
  const { errorColour, errorFormat, stderrIsTerminal, width } = yield* OutputOptions
  if (errorFormat === "json") return yield* Console.error(JSON.stringify(toJson(failure, exitCode)))
  const messages = yield* Messages
  const { failure: words } = messages
  const { next, title, what, why, whyLines: reasons = [why] } = failure.render(messages)
  const margin = displayWidth(`  ${words.what}`)
  const isItem = (pieces: ReadonlyArray<Piece>) => textOf(pieces.at(-1) ?? "").startsWith("- ")
  const line = (label: string, text: string): ReadonlyArray<Piece> => [
    { text: `  ${label}`, tone: "faint" },
    onOneLine(text)
  ]
  const [reason = "", ...more] = reasons
  const ids =
    failure.request_id === undefined
      ? []
      : [line(words.ids, words.request(failure.request_id, DateTime.formatIso(yield* DateTime.now)))]
  yield* Console.error(
    [
      ["cbr: ", { text: onOneLine(title), tone: "bad" } as const, messages.aside(words.exit(exitCode))],
      line(words.what, what),
      line(words.why, reason),
      ...more.map((text) => [" ".repeat(margin), onOneLine(text)]),
      line(words.next, next.join(" | ")),
      ...ids
    ]
      .flatMap((pieces) => wrap(pieces, isItem(pieces) ? margin + 2 : margin, stderrIsTerminal ? width : undefined))
      .map((pieces) => paint(pieces, errorColour))
      .join("\n")
  )
})
