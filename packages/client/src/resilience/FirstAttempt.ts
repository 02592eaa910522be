import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Credential, type Credentials, isSendable } from "../credentials/Credentials.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { Attempt, CallInProgress } from "../telemetry/Attempt.ts"
import * as CallAttempts from "../telemetry/CallAttempts.ts"
import type { Circuit } from "./CircuitBreaker.ts"
import type { BegunCall, SharedLimits } from "./Retry.ts"

/** Whether calls begin with an attempt that waits for nothing; `false` in tests that compare. */
export const firstAttempts = { areOn: true }

/** The parts of a client that its first attempts use. */
export interface FirstAttemptOptions {
  readonly circuit: Circuit
  readonly credentials: Credentials["Service"]
  readonly shared: SharedLimits
  readonly onAttempt: (attempt: Attempt) => Effect.Effect<void>
}

/** A call, as its first attempt needs it. */
export interface Call<A> {
  readonly send: (credential: Credential, attempt: CallInProgress) => Effect.Effect<A, ShowBackupError>
  /** Sends the same request once more, on its own. */
  readonly again: (credential: Credential) => Effect.Effect<A, ShowBackupError>
  /** The call under its whole policy: from the beginning, or after a first attempt that failed. */
  readonly withResilience: (begun?: BegunCall) => Effect.Effect<A, ShowBackupError>
}

/**
 * A call that begins at once, in the fiber of its caller, where nothing has to
 * be waited for: the circuit is closed, the credential at hand and known to be
 * good, a place and a token of the rate free. Most calls succeed by that and
 * cost nothing else. A failed attempt is handed to the policy as its first one.
 */
export const withFirstAttempt =
  ({ circuit, credentials, onAttempt, shared: { admission, retryTokens } }: FirstAttemptOptions) =>
  <A>({ again, withResilience: resiliently, send }: Call<A>): Effect.Effect<A, ShowBackupError> =>
    Effect.withFiber((fiber) => {
      const start = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
      const credential = firstAttempts.areOn ? credentials.ready?.(start) : undefined
      if (credential === undefined || !isSendable(credential) || !circuit.isSteady()) {
        return circuit.guard(resiliently())
      }
      const guard = circuit.unguarded()
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(admission.enter(start), (hasEntered) => {
          if (!hasEntered) return restore(circuit.guard(resiliently()))
          retryTokens.earn()
          const attempts = CallAttempts.make(onAttempt)
          return Effect.flatMap(
            Effect.exit(restore(attempts.count((attempt) => send(credential, attempt)))),
            (exit): Effect.Effect<A, ShowBackupError> => {
              const failure = Exit.isSuccess(exit) ? undefined : Exit.findErrorOption(exit)
              if (failure?._tag === "Some") {
                const rest = resiliently({ attempts, credential, start, failure: failure.value })
                return Effect.andThen(admission.leave, restore(guard(rest)))
              }
              if (Exit.isSuccess(exit))
                credentials.accepted?.(
                  credential,
                  Effect.suspend(() => again(credential))
                )
              // Another call may have failed meanwhile, and this one's success ends the row.
              const counted = circuit.isSteady() ? exit : guard(exit)
              return Effect.andThen(Effect.andThen(admission.leave, attempts.tellLast), counted)
            }
          )
        })
      )
    })
