import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type CredentialProbe, evidenceOf, makeProbe } from "../credentials/CredentialEvidence.ts"
import { Credentials, isSameKey } from "../credentials/Credentials.ts"
import { type AuthenticationFailed, type ShowBackupError, withoutSending } from "../errors/ShowBackupError.ts"
import type { AccessKey } from "../signing/AccessKey.ts"

/**
 * A key that the service refused, and that is kept from it for the time being.
 * @category Resilience
 * @since 0.1.0
 */
export interface RefusedKey {
  /** The first four characters of the access key id. */
  readonly ak: string
  /** When one request may try the key again. */
  readonly until: DateTime.Utc
  /** The service's refusal. */
  readonly error: AuthenticationFailed
}

interface KeyState {
  readonly accessKey: AccessKey
  isAccepted: boolean
  refusal: { readonly error: AuthenticationFailed; readonly until: number } | undefined
  isProbed: boolean
  /** Decides a doubtful refusal. */
  readonly probe: CredentialProbe
  /** Requests on their way whose outcome may say whether the key is good. */
  unproven: number
  /** Completed when one of them says so, or ends. */
  verdict: Deferred.Deferred<void>
}

/** Time for which the service locks a key. */
const refusedFor = Duration.toMillis(Duration.minutes(5))

/** The longest wait of a caller for the first request with a key; then it sends its own. */
const firstRequestTimeout = Duration.seconds(2)

/** More than five failures in a row lock a key: fewer than that are sent before it is known to be good. */
const maxUnproven = 3

/** Keys that are remembered; temporary ones come and go. */
const maxKeys = 256

/**
 * Keeps a refused access key from the service, which locks a key for five
 * minutes after more than five failures in a row, from any caller.
 *
 * - The first request with a key goes alone; the others wait for its outcome
 *   (for 2 s at most, then up to three are on their way at once).
 * - After a refusal nothing more is sent with that key. Callers fail at once
 *   with `AuthenticationFailed`, whose `retry_after` has the seconds to wait.
 * - After five minutes one request tries the key again, alone.
 * - Only an answer that names the key or its signature as wrong counts. One more request decides a 401 that names
 *   nothing: the request that worked last.
 * - Another key, or another secret or security token for the same id, starts afresh.
 *
 * Provide one guard for all clients of a key: it wraps the `Credentials` below
 * it. A `BackupClient` over credentials that have none guards itself.
 *
 * @example
 * ```ts
 * const credentials = KeyLockoutGuard.layer.pipe(Layer.provide(Environment.layer))
 * const isReady = KeyLockoutGuard.use((guard) => Effect.map(guard.refused, (keys) => keys.length === 0))
 * ```
 * @source API Gateway: five failed AK/SK authentications in a row, five minutes
 * @category Resilience
 * @since 0.2.0
 */
export class KeyLockoutGuard extends Context.Service<
  KeyLockoutGuard,
  {
    /** The keys that are held back now; for readiness and metrics. */
    readonly refused: Effect.Effect<ReadonlyArray<RefusedKey>>
  }
>()("@cbr/client/KeyLockoutGuard") {
  static readonly layer: Layer.Layer<Credentials | KeyLockoutGuard, never, Credentials> = Layer.effectContext(
    Effect.map(Credentials, (credentials) => {
      const { guard, guarded } = guarding(credentials)
      return Context.make(KeyLockoutGuard, guard).pipe(Context.add(Credentials, guarded))
    })
  )
}

/** Guards credentials, unless they are guarded already. */
export const withGuard = (credentials: Credentials["Service"]): Credentials["Service"] =>
  credentials.protect === undefined ? guarding(credentials).guarded : credentials

const guarding = (credentials: Credentials["Service"]) => {
  const keys = new Map<string, KeyState>()

  const stateOf = (accessKey: AccessKey): KeyState => {
    const known = keys.get(accessKey.ak)
    if (known !== undefined && isSameKey(known.accessKey, accessKey)) return known
    const state: KeyState = {
      accessKey,
      isAccepted: false,
      refusal: undefined,
      isProbed: false,
      probe: makeProbe(),
      unproven: 0,
      verdict: Deferred.makeUnsafe()
    }
    keys.delete(accessKey.ak)
    const [oldest] = keys.keys()
    if (keys.size >= maxKeys && oldest !== undefined) keys.delete(oldest)
    keys.set(accessKey.ak, state)
    return state
  }

  /** Sends, and resumes the waiting callers as soon as the outcome is counted. */
  const watched = <A, R>(state: KeyState, send: Effect.Effect<A, ShowBackupError, R>, role?: "first" | "probe") =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        if (role === "first") state.unproven++
        if (role === "probe") state.isProbed = true
        return Effect.onExit(restore(send), (exit) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            learn(state, exit, now)
            if (role === "probe") state.isProbed = false
            if (role !== "first") return Effect.void
            state.unproven--
            const { verdict } = state
            state.verdict = Deferred.makeUnsafe()
            return Deferred.succeed(verdict, undefined)
          })
        )
      })
    )

  const protect = <A, R>(
    accessKey: AccessKey,
    send: Effect.Effect<A, ShowBackupError, R>,
    again: Effect.Effect<unknown, ShowBackupError, R>
  ): Effect.Effect<A, ShowBackupError, R> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const state = stateOf(accessKey)
      const probing = state.probe(send, again)
      const { refusal } = state
      if (refusal !== undefined) {
        return now < refusal.until || state.isProbed
          ? Effect.fail(heldBack(refusal.error, refusal.until - now))
          : watched(state, probing, "probe")
      }
      if (state.isAccepted) return watched(state, probing)
      if (state.unproven === 0) return watched(state, probing, "first")
      return Effect.flatMap(Effect.timeoutOption(Deferred.await(state.verdict), firstRequestTimeout), (heard) =>
        Option.isNone(heard) && state.refusal === undefined && state.unproven < maxUnproven
          ? watched(state, probing, "first")
          : protect(accessKey, send, again)
      )
    })

  const guarded = Credentials.of({
    ...credentials,
    ready: (now) => {
      const credential = credentials.ready?.(now)
      if (credential?._tag !== "AccessKey") return credential
      const { isAccepted, refusal } = stateOf(credential.accessKey)
      return isAccepted && refusal === undefined ? credential : undefined
    },
    accepted: (credential, again) => {
      if (credential._tag === "Token") return
      const state = stateOf(credential.accessKey)
      state.isAccepted = true
      state.refusal = undefined
      state.probe.worked(again)
    },
    protect: (credential, send, again, isSent) => {
      if (credential._tag === "Token") return send
      // A request that was sent is not held back; its outcome counts like any other.
      return isSent === true
        ? Effect.suspend(() => {
            const state = stateOf(credential.accessKey)
            return watched(state, state.probe(send, again))
          })
        : protect(credential.accessKey, send, again)
    }
  })
  const guard = KeyLockoutGuard.of({
    refused: Effect.sync(() =>
      [...keys.values()].flatMap(({ accessKey: { ak }, refusal }) =>
        refusal === undefined
          ? []
          : [{ ak: ak.slice(0, 4), until: DateTime.makeUnsafe(refusal.until), error: refusal.error }]
      )
    )
  })
  return { guard, guarded }
}

/** Keeps the evidence of a request's outcome about its key. A doubtful refusal counts here: no probe has disproved it. */
const learn = (state: KeyState, exit: Exit.Exit<unknown, ShowBackupError>, now: number): void => {
  const evidence = evidenceOf(exit)
  if (evidence === "accepted") {
    state.isAccepted = true
    state.refusal = undefined
    return
  }
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (evidence === "none" || error?._tag !== "AuthenticationFailed") return
  state.isAccepted = false
  state.refusal = { error, until: now + refusedFor }
}

const heldBack = (error: AuthenticationFailed, milliseconds: number): AuthenticationFailed => {
  // While the one request that tries the key again is on its way there is no time to name: soon.
  const retry_after = Math.max(1, Math.ceil(milliseconds / 1000))
  const detail = { code: "key-held-back", seconds: retry_after, refusal: error.detail } as const
  return withoutSending(error, { detail, retry_after })
}
