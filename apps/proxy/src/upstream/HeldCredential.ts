import { AuthenticationFailed, type Credentials } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

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

/** Longer than a call lasts: by then the request that tried the credential again has heard. */
const probeLasts = Duration.toMillis(Duration.seconds(60))

/**
 * Holds one credential for all callers and projects that use it. What the
 * cloud refuses is not sent again for five minutes; then one request tries it,
 * and the others wait for its outcome. The cloud locks a key for all its users
 * after more than five failures in a row.
 *
 * @source API Gateway: five failed AK/SK authentications in a row, five minutes
 */
export const make = (name: string): HeldCredential => {
  let refusal: { readonly error: AuthenticationFailed; until: number; isProbed: boolean } | undefined

  const passes = (now: number): boolean => {
    if (refusal === undefined) return true
    if (now < refusal.until) return false
    // The probe was not refused: had it been, there would be a new refusal.
    if (refusal.isProbed) refusal = undefined
    else Object.assign(refusal, { isProbed: true, until: now + probeLasts })
    return true
  }

  return {
    name,
    refusal: Effect.sync(() => (refusal === undefined ? undefined : { until: DateTime.makeUnsafe(refusal.until) })),
    hold: (source) => ({
      ...source,
      current: Effect.flatMap(Clock.currentTimeMillis, (now) =>
        passes(now) || refusal === undefined
          ? source.current
          : Effect.fail(heldBack(refusal.error, refusal.until - now))
      ),
      refused: (credential, error) =>
        Effect.flatMap(source.refused(credential, error), (renewed) =>
          renewed
            ? Effect.succeed(true)
            : Effect.map(Clock.currentTimeMillis, (now) => {
                refusal = { error, until: now + refusedFor, isProbed: false }
                return false
              })
        )
    })
  }
}

const heldBack = (error: AuthenticationFailed, milliseconds: number): AuthenticationFailed => {
  const retry_after = Math.max(1, Math.ceil(milliseconds / 1_000))
  const message = `this credential was refused and is not used for ${retry_after} s; the refusal: ${error.message}`
  return new AuthenticationFailed(Object.assign({}, error, { message, retry_after }))
}
