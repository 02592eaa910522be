import * as Effect from "effect/Effect"
import type * as LogLevel from "effect/LogLevel"
import { answers } from "./en/answers.ts"
import { conditions } from "./en/conditions.ts"
import { connections } from "./en/connections.ts"
import { credentials } from "./en/credentials.ts"
import { files } from "./en/files.ts"
import { settings } from "./en/settings.ts"
import type { FailureCode, FailureDetail, FailureDetails, Sentences } from "./FailureDetails.ts"

/**
 * Everything that the client says of failures, by code: in one language.
 * @category Errors
 * @since 0.2.0
 */
export type FailureSentences = Sentences<FailureDetails>

/** English, which every error's `message` is in. */
const english: FailureSentences = {
  ...connections,
  ...answers,
  ...credentials,
  ...files,
  ...settings,
  ...conditions
}

/**
 * A failure in a sentence, without a full stop: in English, or in the language of the sentences that are given.
 *
 * @example
 * ```ts
 * failureText({ code: "no-answer-within", service: "CBR", seconds: 2 }) // "no answer within 2 s"
 * ```
 * @category Errors
 * @since 0.2.0
 */
export const failureText = (detail: FailureDetail, sentences: FailureSentences = english): string => {
  const say = (detail: FailureDetail): string => {
    const sentence: (facts: never, say: (detail: FailureDetail) => string) => string = sentences[detail.code]
    return sentence(detail as never, say)
  }
  return say(detail)
}

/** Whether there is a sentence for a code. */
export const isFailureCode = (code: unknown): code is FailureCode =>
  typeof code === "string" && Object.hasOwn(english, code)

/** Logs the sentence of a detail, with the detail as the annotation `detail`, for readers of another language. */
export const logDetail = (level: LogLevel.Severity, detail: FailureDetail): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logWithLevel(level)(failureText(detail)), { detail })
