import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Struct from "effect/Struct"
import { type Credential, type Credentials, sendable } from "../credentials/Credentials.ts"
import type { SigningClock } from "../credentials/SigningClock.ts"
import { isRetryable } from "../errors/ErrorTable.ts"
import { isOfProxy, type ShowBackupError, TimedOut, withAttempts } from "../errors/ShowBackupError.ts"
import type { Attempt, CallInProgress } from "../telemetry/Attempt.ts"
import * as CallAttempts from "../telemetry/CallAttempts.ts"
import { retries } from "../telemetry/ClientMetrics.ts"
import * as AdmissionControl from "./AdmissionControl.ts"
import type { ResiliencePolicy } from "./ResiliencePolicy.ts"
import * as RetryBudget from "./RetryBudget.ts"

/** A call that may be tried more than once. */
export interface RetriedCall<A, R> {
  readonly policy: ResiliencePolicy
  readonly credentials: Credentials["Service"]
  /** One attempt, which bounds itself by the policy's `attemptTimeout`. */
  readonly send: (credential: Credential, attempt?: CallInProgress) => Effect.Effect<A, ShowBackupError, R>
  /** The clock that dates signatures, and that a refused date corrects. */
  readonly clock?: SigningClock | undefined
  /** The limits that the calls of one client share; no limits if absent. */
  readonly shared?: SharedLimits
  /** Hears each attempt, in place of the context's `OnAttempt`. */
  readonly onAttempt?: (attempt: Attempt) => Effect.Effect<void>
  /** The first attempt, where it was sent before and failed. */
  readonly begun?: BegunCall | undefined
}

/** A call whose first attempt failed. */
export interface BegunCall {
  readonly attempts: CallAttempts.CallAttempts
  /** The credential of the attempt: a refusal is of this one, though another call has a new one by now. */
  readonly credential: Credential
  /** When it began, in epoch milliseconds. */
  readonly start: number
  readonly failure: ShowBackupError
}

/** Limits over all calls of a client. */
export interface SharedLimits {
  readonly admission: AdmissionControl.Admission
  readonly retryTokens: RetryBudget.RetryTokens
}

/** The limits that a policy sets over all calls of a client. */
export const makeSharedLimits = Effect.fnUntraced(function* (policy: ResiliencePolicy): Effect.fn.Return<SharedLimits> {
  return { admission: yield* AdmissionControl.make(policy), retryTokens: RetryBudget.make(policy.retryBudget) }
})

const unlimited: SharedLimits = { admission: AdmissionControl.unlimited, retryTokens: RetryBudget.unlimited }

/**
 * Tries `send` under a policy, with the credential of the moment at each attempt.
 *
 * - The whole ends within `callTimeout`: attempts, waits between them, and waits
 *   for a turn.
 * - A failure that a retry can help is retried while the retry budget lasts,
 *   after a growing, jittered wait or the service's `Retry-After`, whichever is
 *   longer. A `Retry-After` beyond `longestRetryAfter` fails at once, and one
 *   that would end beyond that time is a `TimedOut` without the wait. Where
 *   a wait of our own would, the call ends with the last error itself.
 * - A refused credential is never sent again: one that can be renewed is, once.
 *   A signature that was refused for its date is made again by the service's clock.
 * - The error that comes out says how many requests were sent.
 */
export const withResilience = <A, R>({
  begun,
  clock,
  credentials,
  onAttempt,
  policy,
  send,
  shared = unlimited
}: RetriedCall<A, R>): Effect.Effect<A, ShowBackupError, R> =>
  Effect.suspend(() => {
    const attempts = begun?.attempts ?? CallAttempts.make(onAttempt)
    let failure = begun?.failure
    let mayRenew = true
    let last: ShowBackupError | undefined
    let late = false
    let isUnderWay = false
    let isOver = false
    const passed = Deferred.makeUnsafe<void>()
    if (begun === undefined) shared.retryTokens.earn()

    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const start = begun?.start ?? now
      const deadline = start + Duration.toMillis(policy.callTimeout)

      /** The attempt that was begun, once; then another one. */
      const attempt = (credential: Credential): Effect.Effect<A, ShowBackupError, R> =>
        Effect.suspend(() => {
          if (failure === undefined) {
            return shared.admission.admit(attempts.count((attempt) => send(credential, attempt)))
          }
          const before = failure
          failure = undefined
          return Effect.fail(before)
        })

      /** The call's time-out ends an attempt from within, so that the credential's guard sees the answer up to then. */
      const untilCallTimeout = (attempt: Effect.Effect<A, ShowBackupError, R>) =>
        Effect.suspend(() => {
          isUnderWay = true
          return Effect.raceFirst(Effect.asSome(attempt), Effect.as(Deferred.await(passed), Option.none<A>())).pipe(
            Effect.flatMap((ended) => (Option.isNone(ended) ? cutOff : Effect.succeed(ended.value))),
            Effect.ensuring(Effect.sync(() => void (isUnderWay = false)))
          )
        })

      /** The answer up to then stands: a refused key must not look like a late one. */
      const cutOff = Effect.suspend(() => {
        const refusal = attempts.cutOff()
        return Effect.fail(
          refusal === undefined || isRetryable(refusal) ? callTimedOut(policy, refusal ?? last) : refusal
        )
      })

      const once: Effect.Effect<A, ShowBackupError, R> = Effect.flatMap(
        Effect.suspend(() =>
          begun === undefined || failure === undefined
            ? Effect.flatMap(credentials.current, sendable)
            : Effect.succeed(begun.credential)
        ),
        (credential) => {
          const one = attempt(credential)
          const isSent = failure !== undefined
          const signedAt = isSent ? begun?.start : undefined
          const sending = untilCallTimeout(clock === undefined ? one : clock.correcting(one, signedAt))
          const guarded =
            credentials.protect?.(credential, sending, shared.admission.admit(send(credential)), isSent) ?? sending
          return Effect.catchTag(guarded, "AuthenticationFailed", (error) => {
            const refused = credentials.refused(credential, error)
            // No caller waits for the new one, which the next call will need.
            if (isOver)
              return Effect.andThen(Effect.forkDetach(refused, { startImmediately: true }), Effect.fail(error))
            return Effect.flatMap(refused, (renewed) => {
              if (!renewed || !mayRenew) return Effect.fail(error)
              mayRenew = false
              return once
            })
          })
        }
      )

      const plan = schedule(policy).pipe(
        Schedule.while(({ duration, input, now }) => {
          const isLate = now + Duration.toMillis(duration) >= deadline
          late = isLate && now + Duration.toMillis(retryAfterOf(input)) >= deadline
          return !isOver && !isLate && shared.retryTokens.spend()
        }),
        Schedule.tap(({ duration }) => Effect.andThen(Metric.update(retries, 1), attempts.tellBefore(duration)))
      )
      const atCallTimeout = Effect.andThen(
        Effect.sleep(Duration.millis(Math.max(0, deadline - now))),
        Effect.suspend(() => {
          isOver = true
          Deferred.doneUnsafe(passed, Effect.void)
          // An attempt under way ends now, and the call with it.
          return isUnderWay ? Effect.never : cutOff
        })
      )
      return once.pipe(
        Effect.tapError((error) => Effect.sync(() => void (last = error))),
        Effect.retry(plan),
        Effect.mapError((error) => (late && !isOver ? callTimedOut(policy, error) : error)),
        Effect.raceFirst(atCallTimeout),
        Effect.mapError((error) => withAttempts(error, attempts.sent())),
        Effect.ensuring(attempts.tellLast)
      )
    })
  })

const schedule = (policy: ResiliencePolicy) =>
  Schedule.exponential(policy.backoff).pipe(
    Schedule.jittered,
    Schedule.setInputType<ShowBackupError>(),
    Schedule.while(({ input }) => isWorthARetry(input, policy)),
    Schedule.modifyDelay(({ duration, input }) => Effect.succeed(Duration.max(duration, retryAfterOf(input)))),
    Schedule.upTo({ times: policy.retries })
  )

const retryAfterOf = ({ retry_after = 0 }: ShowBackupError): Duration.Duration => Duration.seconds(retry_after)

/** Whether a retry can help within this call: a body that is no JSON may be whole the next time. */
const mayPass = (error: ShowBackupError): boolean =>
  isRetryable(error) || (error._tag === "MalformedResponse" && error.may_be_cut === true)

/**
 * Whether a retry can help within this call, and the service asks for no
 * longer a wait than the policy grants. A proxy has tried again itself what it
 * answers for: to try that again would multiply its attempts by ours.
 */
const isWorthARetry = (error: ShowBackupError, policy: ResiliencePolicy): boolean =>
  mayPass(error) && !isOfProxy(error) && Duration.isLessThanOrEqualTo(retryAfterOf(error), policy.longestRetryAfter)

const callTimedOut = (policy: ResiliencePolicy, last: ShowBackupError | undefined): TimedOut => {
  // An attempt that had all of the call's time failed by that limit, which has been said.
  const isSaid = last?._tag === "TimedOut" && Duration.Order(policy.attemptTimeout, policy.callTimeout) >= 0
  return new TimedOut({
    ...(last &&
      Struct.pick(last, ["status_code", "request_id", "proxy_request_id", "error_code", "error_msg", "retry_after"])),
    detail: {
      code: "no-backup-within",
      seconds: Duration.toSeconds(policy.callTimeout),
      ...(last === undefined || isSaid ? {} : { last: last.detail })
    },
    limit: "call"
  })
}
