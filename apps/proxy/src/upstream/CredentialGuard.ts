import {
  type AuthenticationFailed,
  type Credentials,
  evidenceOf,
  makeProbe,
  type ShowBackupError,
  withoutSending
} from "@cbr/client"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { type CredentialTrial, makeCredentialTrial } from "./CredentialTrial.ts"

/** A credential of the configuration, and whether the cloud accepts it. */
export interface CredentialGuard {
  /** Its name under `credentials`. */
  readonly name: string
  /** When the cloud refused it: until when no request uses it. */
  readonly refusal: Effect.Effect<{ readonly until: DateTime.Utc } | undefined>
  /** Whether a call has shown that the cloud accepts it. */
  readonly isAccepted: Effect.Effect<boolean>
  /** The same source, from which nothing comes while the credential is refused. */
  readonly hold: (source: Credentials["Service"]) => Credentials["Service"]
}

/**
 * Holds one credential for all callers and projects that use it, whatever its
 * kind, and in whichever process: see {@link CredentialTrial}. The client's
 * `KeyLockoutGuard` below it sees to it that requests with an unproven key are
 * few; here it is one credential, not one key, that is held, and that shows in
 * readiness.
 */
export const make = (name: string, lease: CredentialTrial = makeCredentialTrial()): CredentialGuard => {
  /** Of whichever project the request was that worked last. */
  const probe = makeProbe()

  /** What the outcome of a request says of its credential. */
  const learn = (exit: Exit.Exit<unknown, ShowBackupError>) =>
    Effect.suspend(() => {
      if (lease.known()?._tag === "Accepted") return Effect.void
      if (evidenceOf(exit) === "accepted") return lease.accepted
      const error = Option.getOrUndefined(Exit.findErrorOption(exit))
      // Whether a refused one can be renewed is found out next, under the same lease.
      return error?._tag === "AuthenticationFailed" ? Effect.void : lease.undecided
    })

  return {
    name,
    refusal: Effect.sync(() => {
      const status = lease.known()
      return status?._tag === "Refused" ? { until: DateTime.makeUnsafe(status.until) } : undefined
    }),
    isAccepted: Effect.sync(() => lease.known()?._tag === "Accepted"),
    hold: (source) => {
      const { protect = (_, unguarded) => unguarded }: Credentials["Service"] = source
      const current = Effect.tapError(probe(source.current), (error) =>
        // A password that IAM does not accept.
        error._tag === "AuthenticationFailed" ? lease.refused(error) : lease.undecided
      )
      return {
        current: Effect.suspend(() =>
          lease.known()?._tag === "Accepted"
            ? current
            : Effect.flatMap(lease.acquire, (status) =>
                status?._tag === "Refused"
                  ? Effect.flatMap(Clock.currentTimeMillis, (now) =>
                      Effect.fail(heldBack(status.error, status.until - now))
                    )
                  : current
              )
        ),
        // Nothing is to be learnt of a credential that the cloud accepts.
        ready: (now) => (lease.known()?._tag === "Accepted" ? source.ready?.(now) : undefined),
        accepted: (credential, again) => {
          source.accepted?.(credential, again)
          // Guarded, as all that carries the credential: a probe sends nothing that the guard below holds back.
          probe.worked(Effect.suspend(() => protect(credential, again, again)))
        },
        refused: (credential, error) =>
          Effect.flatMap(source.refused(credential, error), (renewed) =>
            renewed ? Effect.succeed(true) : Effect.as(lease.refused(error), false)
          ),
        protect: (credential, send, again, isSent) =>
          Effect.onExit(probe(protect(credential, send, again, isSent), protect(credential, again, again)), learn)
      }
    }
  }
}

const heldBack = (error: AuthenticationFailed, milliseconds: number): AuthenticationFailed => {
  const retry_after = Math.max(1, Math.ceil(milliseconds / 1_000))
  const detail = { code: "credential-held-back", seconds: retry_after, refusal: error.detail } as const
  return withoutSending(error, { detail, retry_after })
}
