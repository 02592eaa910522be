import { AuthenticationFailed, type Credentials, type ShowBackupError } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

/** A credential of the configuration, and whether the cloud accepts it. */
export interface HeldCredential {
  /** Its name under `credentials`. */
  readonly name: string
  /** When the cloud refused it: until when nobody uses it. */
  readonly refusal: Effect.Effect<{ readonly until: DateTime.Utc } | undefined>
  /** The same source, from which nothing comes while the credential is refused. */
  readonly hold: (source: Credentials["Service"]) => Credentials["Service"]
}

/** As long as the service locks a key for. */
const refusedFor = Duration.toMillis(Duration.minutes(5))

/** Longer than a call lasts: a request that tries the credential again is heard of by then, or never. */
const probeLasts = Duration.toMillis(Duration.seconds(60))

/**
 * Holds one credential for all callers and projects that use it, whatever its
 * kind. What the cloud refuses is not sent again for five minutes; then one
 * request tries it, and the others wait for its outcome. The client's
 * `RefusalGuard` below it sees to it that requests with an unproven key are
 * few; here it is one credential, not one key, that is held, and that shows in
 * readiness.
 *
 * @source API Gateway: five failed AK/SK authentications in a row, five minutes
 */
export const make = (name: string): HeldCredential => {
  let refusal: { readonly error: AuthenticationFailed; until: number; isProbed: boolean } | undefined

  const passes = (now: number): boolean => {
    if (refusal === undefined) return true
    if (now < refusal.until) return false
    refusal.isProbed = true
    refusal.until = now + probeLasts
    return true
  }
  const refuse = (error: AuthenticationFailed) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      // Requests that were on their way when the first was refused say nothing new.
      if (refusal === undefined || refusal.isProbed) refusal = { error, until: now + refusedFor, isProbed: false }
    })
  /** What the outcome of a request says of its credential: a time-out or a 503 says nothing. */
  const learn = (exit: Exit.Exit<unknown, ShowBackupError>) =>
    Effect.sync(() => {
      const error = Option.getOrUndefined(Exit.findErrorOption(exit))
      const isAccepted = Exit.isSuccess(exit) || error?._tag === "BackupNotFound" || error?._tag === "PermissionDenied"
      if (isAccepted && refusal?.isProbed === true) refusal = undefined
    })

  return {
    name,
    refusal: Effect.sync(() => (refusal === undefined ? undefined : { until: DateTime.makeUnsafe(refusal.until) })),
    hold: (source) => ({
      current: Effect.flatMap(Clock.currentTimeMillis, (now) =>
        passes(now) || refusal === undefined
          ? Effect.tapError(source.current, (error) =>
              // A password that IAM does not accept.
              error._tag === "AuthenticationFailed" ? refuse(error) : Effect.void
            )
          : Effect.fail(heldBack(refusal.error, refusal.until - now))
      ),
      refused: (credential, error) =>
        Effect.flatMap(source.refused(credential, error), (renewed) =>
          renewed ? Effect.succeed(true) : Effect.as(refuse(error), false)
        ),
      protect: (credential, send) =>
        Effect.onExit(source.protect === undefined ? send : source.protect(credential, send), learn)
    })
  }
}

const heldBack = (error: AuthenticationFailed, milliseconds: number): AuthenticationFailed => {
  const retry_after = Math.max(1, Math.ceil(milliseconds / 1_000))
  const message = `this credential was refused and is not used for ${retry_after} s; the refusal: ${error.message}`
  return new AuthenticationFailed(Object.assign({}, error, { message, retry_after }))
}
