import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { type Attempt, type CallInProgress, tell } from "./Attempt.ts"
import { attempts } from "./ClientMetrics.ts"
import { metricSeries } from "./metricSeries.ts"

/** The attempts of one call. It counts them, and tells each one as soon as the next step is known. */
export interface CallAttempts {
  /** Counts a request when it is sent. */
  readonly count: <A, R>(
    send: (attempt: CallInProgress) => Effect.Effect<A, ShowBackupError, R>
  ) => Effect.Effect<A, ShowBackupError, R>
  /** Requests sent so far. */
  readonly sent: () => number
  /** The refusal whose body was still coming when the call was cut off, if any. */
  readonly cutOff: () => ShowBackupError | undefined
  /** Tells the attempt that ended: another follows after this wait. */
  readonly tellBefore: (wait: Duration.Duration) => Effect.Effect<void>
  /** Tells the attempt that ended: it was the last. */
  readonly tellLast: Effect.Effect<void>
}

const counter = metricSeries(attempts)
const countOf = (outcome: string) => counter(outcome, () => ({ outcome }))

/** Begins the attempts of a call. The given hook takes the place of the context's `OnAttempt`. */
export const make = (onAttempt?: (attempt: Attempt) => Effect.Effect<void>): CallAttempts => {
  let sent = 0
  let ended: Attempt | undefined
  let cutOff: ShowBackupError | undefined

  const take = () => {
    const attempt = ended
    ended = undefined
    return attempt
  }

  const tellBefore = (wait: Duration.Duration) =>
    Effect.suspend(() => {
      const attempt = take()
      return attempt === undefined ? Effect.void : tell({ ...attempt, wait }, onAttempt)
    })

  return {
    sent: () => sent,
    cutOff: () => cutOff,
    count: (send) =>
      Effect.withFiber((fiber) => {
        const resends = sent++
        const counted = Effect.onExit(
          send({
            resends,
            report: (exchange) => {
              ended = { ...exchange, number: resends + 1 }
              return Effect.void
            },
            cutOff: (refusal) => Effect.sync(() => void (cutOff = refusal))
          }),
          (exit) => {
            const error = Exit.isSuccess(exit) ? undefined : Exit.findErrorOption(exit)
            if (error?._tag === "None") return Effect.void
            const tag = error?.value._tag
            // An answer that came well may still hold no backup.
            if (ended !== undefined && tag !== undefined) ended = { ...ended, error: tag }
            countOf(tag ?? "ok").updateUnsafe(1, fiber.context)
            return Effect.void
          }
        )
        // The attempt with a renewed credential follows at once.
        return ended === undefined ? counted : Effect.andThen(tellBefore(Duration.zero), counted)
      }),
    tellBefore,
    tellLast: Effect.suspend(() => {
      const attempt = take()
      return attempt === undefined ? Effect.void : tell(attempt, onAttempt)
    })
  }
}
