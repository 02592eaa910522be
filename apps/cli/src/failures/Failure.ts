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

/** The facts of the call behind a failure. */
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
  /** The error, in a few words. */
  readonly title: string
  /** What the command was working on. */
  readonly what: string
  readonly why: string
  /** The reason in several lines, if it is too long for one. */
  readonly whyLines?: ReadonlyArray<string>
  readonly next: ReadonlyArray<string>
}

interface FailureFields extends CallFacts {
  readonly kind: keyof typeof ErrorTable
  /** The client's detail, by code. */
  readonly detail?: FailureDetail
  readonly render: (messages: Messages) => FailureText
}

/**
 * The failure of a command: what failed, on what, why, and what to do next. It
 * is rendered in the user's language, and in English as data. Its kind is one of
 * the client's `ErrorTable`, which has the exit code.
 */
export class Failure extends Data.TaggedError("Failure")<FailureFields> {
  override get message(): string {
    const { title, what } = this.render(en)
    return `${title}: ${what}`
  }

  get exitCode(): number {
    return exitCodes[this.kind]
  }

  /** The same failure about something else, with more advice. */
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

/** What a call was about, for its failure. */
export interface FailureContext {
  readonly what: string | ((messages: Messages) => string)
  readonly url?: string
  /** Start of the call, in epoch milliseconds. */
  readonly started?: number
}

/** Makes a failure of an error of the client. */
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
        ...(error._tag === "BackupNotFound" && error.detail.code === "answered" ? [messages.resources.findIds] : []),
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

/** The advice. For a certificate it names this program's own variable. */
const advice = (error: WaitUntilError, messages: Messages): string => {
  if (error._tag === "ConnectionFailed" && error.reason === "Tls") return messages.failure.untrusted
  return error._tag === "NoCredentials" ? setUpAdvice(error, messages) : messages.pick(hintOf(error))
}

/** The advice for missing credentials: where to begin, or which setting to correct. */
export const setUpAdvice = ({ detail: { code } }: NoCredentials, { missing }: Messages): string =>
  code === "no-credentials" || code === "no-endpoint" ? missing.begin : missing.correct

/** The advice to set the clock, if its skew may have caused a refused signature. */
const clockAdvice = (error: WaitUntilError, now: number, { failure }: Messages): ReadonlyArray<string> => {
  if (error._tag !== "AuthenticationFailed" || error.service_time === undefined) return []
  const skew = Math.round((now - Date.parse(error.service_time)) / 1000)
  return Math.abs(skew) < 60 ? [] : [failure.clockOff(skew)]
}

/** The reason, with the error code unless the reason names it. */
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

/** The reason; a line for each searched source if no credentials were found. */
export const reasonLines = (error: WaitUntilError, messages: Messages): ReadonlyArray<string> =>
  error.detail.code === "no-credentials"
    ? [
        messages.missing.credentials,
        ...error.detail.searched.map(
          ({ place, reason }) => `- ${messages.named(messages.place(place), messages.detail(reason))}`
        )
      ]
    : [why(error, messages)]

/** The JSON of a failure, in English; its keys are a stable contract, and unknown values are null. */
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

/** Joins the lines of a text, such as the parser's. */
export const onOneLine = (text: string): string => text.replaceAll(/\n\n\s*/g, ". ").replaceAll(/\n\s*/g, " ")

/**
 * Writes a failure to stderr, as a headline with labelled lines or as one JSON
 * object. `exitCode` is that of the program, if it differs from the failure's.
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
