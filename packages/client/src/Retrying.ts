import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type Credential, type Credentials, sendable } from "./credentials/Credentials.ts"
import { isRetryable } from "./ErrorTable.ts"
import type { ResiliencePolicy } from "./ResiliencePolicy.ts"
import { type ShowBackupError, TimedOut, withAttempts } from "./ShowBackupError.ts"
import type { SigningClock } from "./SigningClock.ts"

/**
 * Tries `send` under a policy, with the credential of the moment at each attempt.
 *
 * - Each attempt ends within `attemptTimeout`, the whole within `deadline`.
 * - A failure that a retry can help is retried, after a growing, jittered wait
 *   or the service's `Retry-After`, whichever is longer. A `Retry-After` beyond
 *   `longestRetryAfter` fails at once; a wait that would end beyond the deadline
 *   is a `TimedOut` without the wait.
 * - A refused credential is never sent again: one that can be renewed is, once.
 *   A signature that was refused for its date is made again by the service's clock.
 * - The error that comes out says how many requests were sent.
 */
export const resiliently = <A, R>(
  policy: ResiliencePolicy,
  credentials: Credentials["Service"],
  send: (credential: Credential) => Effect.Effect<A, ShowBackupError, R>,
  clock?: SigningClock
): Effect.Effect<A, ShowBackupError, R> =>
  Effect.suspend(() => {
    let attempts = 0
    let mayRenew = true
    let last: ShowBackupError | undefined
    let late = false

    const once: Effect.Effect<A, ShowBackupError, R> = Effect.flatMap(
      Effect.flatMap(credentials.current, sendable),
      (credential) => {
        const attempt = Effect.suspend(() => {
          attempts++
          return send(credential)
        })
        const sending = clock === undefined ? attempt : clock.correcting(attempt)
        const guarded = credentials.protect?.(credential, sending) ?? sending
        return Effect.catchTag(guarded, "AuthenticationFailed", (error) =>
          Effect.flatMap(credentials.refused(credential, error), (renewed) => {
            if (!renewed || !mayRenew) return Effect.fail(error)
            mayRenew = false
            return once
          })
        )
      }
    )

    return Effect.flatMap(Clock.currentTimeMillis, (start) => {
      const deadline = start + Duration.toMillis(policy.deadline)
      const withinDeadline = Schedule.while(schedule(policy), ({ duration, now }) => {
        late = now + Duration.toMillis(duration) >= deadline
        return !late
      })
      return once.pipe(
        Effect.timeoutOrElse({
          duration: policy.attemptTimeout,
          orElse: () => Effect.fail(timedOut("attempt", policy.attemptTimeout, undefined))
        }),
        Effect.tapError((error) => Effect.sync(() => void (last = error))),
        Effect.retry(withinDeadline),
        Effect.mapError((error) => (late ? timedOut("deadline", policy.deadline, error) : error)),
        Effect.timeoutOrElse({
          duration: policy.deadline,
          orElse: () => Effect.fail(timedOut("deadline", policy.deadline, last))
        }),
        Effect.mapError((error) => withAttempts(error, attempts))
      )
    })
  })

const schedule = (policy: ResiliencePolicy) =>
  Schedule.exponential(policy.backoff).pipe(
    Schedule.jittered,
    Schedule.setInputType<ShowBackupError>(),
    Schedule.while(({ input }) => isRetryable(input) && waits(input, policy)),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(Duration.max(duration, Duration.seconds(input.retry_after ?? 0)))
    ),
    Schedule.upTo({ times: policy.retries })
  )

/** Whether the service asks for no longer a wait than the policy grants. */
const waits = (error: ShowBackupError, policy: ResiliencePolicy): boolean =>
  (error.retry_after ?? 0) <= Duration.toSeconds(policy.longestRetryAfter)

const timedOut = (limit: TimedOut["limit"], after: Duration.Duration, last: ShowBackupError | undefined): TimedOut => {
  const time = `${Duration.toSeconds(after)} s`
  const words = limit === "attempt" ? `no answer within ${time}` : `no backup within the deadline of ${time}`
  return new TimedOut({
    message: last === undefined ? words : `${words}; the last attempt: ${last.message}`,
    limit,
    ...(last?.status_code === undefined ? {} : { status_code: last.status_code }),
    ...(last?.request_id === undefined ? {} : { request_id: last.request_id }),
    ...(last?.error_code === undefined ? {} : { error_code: last.error_code }),
    ...(last?.error_msg === undefined ? {} : { error_msg: last.error_msg }),
    ...(last?.retry_after === undefined ? {} : { retry_after: last.retry_after })
  })
}
