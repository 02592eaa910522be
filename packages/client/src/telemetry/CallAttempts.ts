import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { ShowBackupError } from "../ShowBackupError.ts"
import { type Attempt, CallInProgress, tell } from "./Attempt.ts"
import { attempts } from "./Metrics.ts"

/** The attempts of one call: counted, and told as soon as it is known what follows them. */
export interface CallAttempts {
  /** Counts a request when it is sent. */
  readonly count: <A, R>(send: Effect.Effect<A, ShowBackupError, R>) => Effect.Effect<A, ShowBackupError, R>
  /** Requests sent so far. */
  readonly sent: () => number
  /** The refusal whose body was still coming when the call was cut off, if any. */
  readonly cutOff: () => ShowBackupError | undefined
  /** Tells the attempt that ended: another follows after this wait. */
  readonly tellBefore: (wait: Duration.Duration) => Effect.Effect<void>
  /** Tells the attempt that ended: it was the last. */
  readonly tellLast: Effect.Effect<void>
}

/** Of a call that begins. */
export const make = (): CallAttempts => {
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
      return attempt === undefined ? Effect.void : tell({ ...attempt, wait })
    })

  return {
    sent: () => sent,
    cutOff: () => cutOff,
    count: (send) =>
      Effect.suspend(() => {
        const resends = sent++
        return send.pipe(
          Effect.provideService(CallInProgress, {
            resends,
            report: (exchange) => Effect.sync(() => void (ended = { ...exchange, number: resends + 1 })),
            cutOff: (refusal) => Effect.sync(() => void (cutOff = refusal))
          }),
          Effect.tap(() => Metric.update(Metric.withAttributes(attempts, { outcome: "ok" }), 1)),
          Effect.tapError(({ _tag }) => {
            // An answer that came well may still hold no backup.
            if (ended !== undefined) ended = { ...ended, error: _tag }
            return Metric.update(Metric.withAttributes(attempts, { outcome: _tag }), 1)
          }),
          // What a renewed credential is sent with follows at once.
          (attempt) => Effect.andThen(tellBefore(Duration.zero), attempt)
        )
      }),
    tellBefore,
    tellLast: Effect.suspend(() => {
      const attempt = take()
      return attempt === undefined ? Effect.void : tell(attempt)
    })
  }
}
