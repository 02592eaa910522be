import type { AuthenticationFailed } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { refusedFor } from "../problems/Problem.ts"
import type { Acquired } from "../store/LeasedValues.ts"

/** The answer of the cloud to a credential. */
export type CredentialStatus =
  | { readonly _tag: "Accepted" }
  | {
      readonly _tag: "Refused"
      readonly error: AuthenticationFailed
      /** Until when no request uses it, in milliseconds since 1970. */
      readonly until: number
    }

/**
 * The right to try a credential that is not known to be good. One replica has
 * it at a time; the others wait for what came of the try. Within a process the
 * client's guard lets one request go first.
 */
export interface CredentialTrial {
  /** The status that this process knows. While the credential is known to be good, no request needs the lease. */
  readonly known: () => CredentialStatus | undefined
  /** Succeeds with `undefined` when the credential may be tried, or with what is known of it by then. */
  readonly acquire: Effect.Effect<CredentialStatus | undefined>
  readonly accepted: Effect.Effect<void>
  readonly refused: (error: AuthenticationFailed) => Effect.Effect<void>
  /** The try said nothing of the credential: the next replica may have the lease. */
  readonly undecided: Effect.Effect<void>
  /** Merges the status that another replica found out. It never lifts a refusal that this process met itself: that may be news to the other. */
  readonly merge: (status: CredentialStatus) => void
}

/** The status of one credential that replicas share. */
export interface SharedCredentialStatus {
  /** Asks for the lease; waits while another replica has it. */
  readonly claim: Effect.Effect<Acquired<CredentialStatus>>
  /** Ends a lease, with what came of it. A refusal is true of every replica, with a lease or without. Does not wait for the store. */
  readonly release: (token: string | undefined, told?: CredentialStatus) => Effect.Effect<void>
  /** The statuses that other replicas find out, from now on. */
  readonly changes: Stream.Stream<CredentialStatus>
}

/** A credential that is no other replica's. */
export const alone: SharedCredentialStatus = {
  claim: Effect.succeed({ _tag: "Alone", token: "" }),
  release: () => Effect.void,
  changes: Stream.empty
}

/** Longer than a call lasts: by then a request that tries the credential again has an outcome, or never will. */
const probeLasts = Duration.toMillis(Duration.seconds(60))

/** The time for which a process keeps a lease without an outcome: longer than a request lasts. */
export const leaseLasts = Duration.toMillis(Duration.seconds(10))

/** Moments that are no further apart are one: each replica reads the time by itself. */
const sameMoment = Duration.toMillis(Duration.seconds(1))

/**
 * The lease of one credential. A credential that the cloud refused is not tried
 * again for five minutes; then one request tries it, and the others fail until
 * the outcome is known.
 *
 * @param shared the status that replicas share; by default this process is the only one
 * @source API Gateway: five failed AK/SK authentications in a row, five minutes
 */
export const makeCredentialTrial = (shared: SharedCredentialStatus = alone): CredentialTrial => {
  const oneAtATime = Semaphore.makeUnsafe(1)
  let status: CredentialStatus | undefined
  /** Whether another replica found that out. */
  let isHeard = false
  /** Whether this process has been let try the credential, and nothing has come of it yet. */
  let isTrying = false
  /** The lease of all replicas, while this process has it. */
  let lease: { readonly token: string; readonly until: number } | undefined

  const decide = (next: CredentialStatus, heard = false) => {
    status = next
    isHeard = heard
    isTrying = false
  }

  const merge = (other: CredentialStatus) => {
    const isNews =
      status?._tag !== "Refused" || isTrying
        ? status?._tag !== "Accepted" || other._tag === "Refused"
        : other._tag === "Accepted"
          ? isHeard
          : Math.abs(other.until - status.until) > sameMoment
    if (isNews) decide(other, true)
  }

  /** The lease of all replicas, or what another replica has found out. */
  const claimed = Effect.fnUntraced(function* (before: CredentialStatus | undefined) {
    if (status !== undefined && status !== before) return status
    if (lease !== undefined && (yield* Clock.currentTimeMillis) < lease.until) return undefined
    const claim = yield* shared.claim
    if (claim._tag === "Found") merge(claim.value)
    // One that the store did not tell of may have been granted all the same.
    if (claim._tag === "Granted" || claim._tag === "Alone") {
      lease = { token: claim.token, until: (yield* Clock.currentTimeMillis) + leaseLasts }
    }
    return claim._tag === "Found" ? claim.value : undefined
  })

  /** Gives the lease back, and tells the other replicas what came of it. */
  const release = (told?: CredentialStatus) => {
    const token = lease?.token
    lease = undefined
    return shared.release(token, told)
  }

  return {
    known: () => status,
    acquire: Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (status?._tag === "Accepted" || (status !== undefined && now < status.until)) return Effect.succeed(status)
      if (status !== undefined) status = { ...status, until: now + probeLasts }
      isTrying = true
      return oneAtATime.withPermits(1)(claimed(status))
    }),
    accepted: Effect.suspend(() => {
      // Not by a request that was on its way when another was refused: it says nothing new.
      if (status === undefined || isTrying) decide({ _tag: "Accepted" })
      return release({ _tag: "Accepted" })
    }),
    refused: (error) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const refusal = { _tag: "Refused", error, until: now + refusedFor } as const
        if (status?._tag !== "Refused" || isTrying) decide(refusal)
        return release(refusal)
      }),
    undecided: Effect.suspend(() => {
      if (status === undefined) isTrying = false
      return lease === undefined ? Effect.void : release()
    }),
    merge
  }
}
