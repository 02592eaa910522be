import { ErrorTable } from "@cbr/client"
import type { JsonObject } from "@cbr/client/jmespath"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { OutputOptions } from "../args/OutputOptions.ts"
import { en } from "../messages/en.ts"
import { Messages } from "../messages/Messages.ts"
import { paint, type Piece, displayWidth } from "../text/Style.ts"
import { textOf, wrap } from "../text/wrap.ts"
import { Failure } from "./Failure.ts"

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
