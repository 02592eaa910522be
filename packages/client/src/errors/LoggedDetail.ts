import * as Effect from "effect/Effect"
import type * as LogLevel from "effect/LogLevel"
import type { FailureDetail } from "./FailureDetails.ts"
import { failureText } from "./FailureText.ts"

/** Logs what a detail says, with the detail itself beside it as the annotation `detail`, for readers of another language. */
export const logDetail = (level: LogLevel.Severity, detail: FailureDetail): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logWithLevel(level)(failureText(detail)), { detail })
