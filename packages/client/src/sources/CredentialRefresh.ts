import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import { type Credential, Credentials, isSame } from "../credentials/Credentials.ts"
import { type AuthenticationFailed, type ShowBackupError, withoutSending } from "../errors/ShowBackupError.ts"
import { tokenRefreshes } from "../telemetry/ClientMetrics.ts"

/**
 * A credential and when the service stops accepting it.
 * @category Credential sources
 * @since 0.2.0
 */
export interface ExpiringCredential {
  readonly credential: Credential
  readonly expires_at: DateTime.Utc
}

/**
 * The options of credentials that expire.
 * @category Credential sources
 * @since 0.2.0
 */
export interface RefreshingOptions {
  /** Gets a new one. Must end by itself: it outlives the caller that asked first. */
  readonly fetch: Effect.Effect<ExpiringCredential, ShowBackupError>
  /** Time before its end at which a new one is fetched in the background; half of its life if that is shorter. */
  readonly ahead: Duration.Duration
}

/**
 * Time before its end from which a credential is not used: a request may wait that long on its way. Half of its life if
 * that is shorter; otherwise the client would fetch a short-lived credential anew for each request.
 */
const margin = Duration.toMillis(Duration.minutes(5))

/** Time in which a refused password, key or id token is not sent again. */
const refusedFor = Duration.toMillis(Duration.minutes(5))

/** Time from a failed renewal to the next, while the old credential is still valid. */
const restAfterFailure = Duration.toMillis(Duration.seconds(30))

/** A credential that replaced a refused one is not replaced itself if the service refuses it within this time. */
const replacedOnceIn = Duration.toMillis(Duration.minutes(1))

interface Held {
  readonly credential: Credential
  readonly usedUntil: number
  readonly renewedFrom: number
}

/**
 * Credentials that expire and are refreshed.
 *
 * - All callers that wait share one fetch; a caller that gives up does not end it.
 * - A new one is fetched in the background while the old one is good, so that no caller waits.
 * - When the service refuses the credential, the client drops it and fetches one new one.
 * - When the service refuses the fetch, the client repeats it after five minutes; until then callers get the refusal at once.
 * @category Credential sources
 * @since 0.2.0
 */
export const refreshing = Effect.fnUntraced(function* ({ ahead, fetch }: RefreshingOptions) {
  const scope = yield* Effect.scope
  let held: Held | undefined
  let pending: Deferred.Deferred<Credential, ShowBackupError> | undefined
  let refusal: { readonly error: AuthenticationFailed; readonly until: number } | undefined
  let restsUntil = 0
  let replacedAt = Number.NEGATIVE_INFINITY

  const settle = (exit: Exit.Exit<ExpiringCredential, ShowBackupError>, now: number) => {
    pending = undefined
    if (Exit.isSuccess(exit)) {
      const end = DateTime.toEpochMillis(exit.value.expires_at)
      const usedUntil = end - Math.min(margin, Math.max(0, end - now) / 2)
      const renewedFrom = Math.max(end - Duration.toMillis(ahead), now + (end - now) / 2)
      held = { credential: exit.value.credential, usedUntil, renewedFrom: Math.min(renewedFrom, usedUntil) }
      refusal = undefined
      return
    }
    restsUntil = now + restAfterFailure
    const error = Exit.findErrorOption(exit)
    if (error._tag === "Some" && error.value._tag === "AuthenticationFailed") {
      refusal = { error: error.value, until: now + refusedFor }
    }
  }

  const start = Effect.gen(function* () {
    const started = (pending = Deferred.makeUnsafe<Credential, ShowBackupError>())
    const fetching = Effect.gen(function* () {
      const exit = yield* Effect.exit(fetch)
      settle(exit, yield* Clock.currentTimeMillis)
      if (Exit.isSuccess(exit)) yield* Metric.update(tokenRefreshes, 1)
      const found = Exit.map(exit, ({ credential }) => credential)
      return yield* Deferred.done(started, found)
    })
    // At once: the caller waits for nothing else.
    yield* Effect.forkIn(fetching, scope, { startImmediately: true })
    return started
  })

  return Credentials.of({
    ready: (now) => (held !== undefined && now < held.renewedFrom ? held.credential : undefined),
    current: Effect.flatMap(Clock.currentTimeMillis, (now): Effect.Effect<Credential, ShowBackupError> => {
      if (held !== undefined && now < held.usedUntil) {
        const { credential, renewedFrom } = held
        const isDue = now >= renewedFrom && pending === undefined && now >= restsUntil
        return isDue ? Effect.as(start, credential) : Effect.succeed(credential)
      }
      if (pending !== undefined) return Deferred.await(pending)
      if (refusal !== undefined && now < refusal.until)
        return Effect.fail(notRepeated(refusal.error, refusal.until - now))
      return Effect.flatMap(start, Deferred.await)
    }),
    refused: (credential) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        if (held === undefined || !isSame(held.credential, credential)) return true
        if (now - replacedAt < replacedOnceIn) return false
        held = undefined
        replacedAt = now
        return true
      })
  })
})

const notRepeated = (error: AuthenticationFailed, milliseconds: number): AuthenticationFailed => {
  const retry_after = Math.ceil(milliseconds / 1000)
  const detail = { code: "not-asked-again", seconds: retry_after, refusal: error.detail } as const
  return withoutSending(error, { detail, retry_after })
}
