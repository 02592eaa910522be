import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { AuthenticationFailed, ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * The time that signatures are dated with: this machine's, until the service
 * refuses a signature for its date. Then the service's, learned once from the
 * refusal: see `serviceTime`.
 */
export interface SigningClock {
  readonly now: Effect.Effect<DateTime.Utc>
  /**
   * Runs a signed request, and once more where its date was refused and a better one is known.
   *
   * @param since when the request was signed, in epoch milliseconds, where it was sent before; by default now
   */
  readonly correcting: <A, R>(
    self: Effect.Effect<A, ShowBackupError, R>,
    since?: number
  ) => Effect.Effect<A, ShowBackupError, R>
}

/** A clock of its own for each client. */
export const make: Effect.Effect<SigningClock> = Effect.sync(() => {
  let offset = 0
  let learnedAt: number | undefined

  const canBeBetter = (error: AuthenticationFailed, start: number, now: number): boolean => {
    const served = servedAt(error)
    if (served === undefined) return false
    // Signed before another request learned the offset.
    if (learnedAt !== undefined) return learnedAt >= start
    if (Math.abs(served - now) < leastOffset) return false
    offset = served - now
    learnedAt = now
    return true
  }

  return {
    now: Effect.map(Clock.currentTimeMillis, (now) => DateTime.makeUnsafe(now + offset)),
    correcting: (self, since) =>
      Effect.flatMap(Clock.currentTimeMillis, (start) =>
        Effect.catchTag(self, "AuthenticationFailed", (error) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) =>
            canBeBetter(error, since ?? start, now) ? self : Effect.fail(error)
          )
        )
      )
  }
})

/** Closer than this the clocks agree, and the refusal has another reason, such as a temporary key that ended. */
const leastOffset = Duration.toMillis(Duration.minutes(1))

/** The service's time, where it refused a signature for its date. */
const servedAt = ({ error_code, error_msg, service_time }: AuthenticationFailed): number | undefined =>
  service_time !== undefined &&
  error_code?.endsWith(".0301") === true &&
  /signature expired|x-sdk-date|sign ?time/i.test(error_msg ?? "")
    ? Date.parse(service_time)
    : undefined
