import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Authenticator } from "../callers/Authenticator.ts"
import { expiryOf } from "../callers/Jwt.ts"
import { type RequestCredential, unauthenticatedBecause } from "../callers/RequestCredential.ts"
import type { BackupAccess, Requester } from "../gateway/BackupAccess.ts"
import { ProxyError, proxyErrors } from "../problems/ProxyError.ts"
import type { Scope } from "../rights/Caller.ts"

/** A caller that watches: its credential, its project, and the scopes that it needs. */
export interface Subscriber extends Requester {
  readonly presented: RequestCredential
  readonly project_id: string
  readonly scopes: ReadonlyArray<Scope>
}

/**
 * Fails when a new request of the subscriber would fail by now, with the same
 * error: its credential is verified once more. Where the proxy cannot verify it,
 * the subscription stays.
 *
 * @param came when it was let in
 */
export const authorizeSubscriber = (
  { address, presented, project_id, scopes }: Subscriber,
  authenticator: Authenticator["Service"],
  access: BackupAccess["Service"],
  came: DateTime.Utc
): Effect.Effect<void, ProxyError> => {
  // It was good when it came; that its issuer cannot be asked any more makes it last no longer.
  const ends = presented._tag === "Jwt" ? expiryOf(presented.token) : undefined
  // Made for each check, and not kept for as long as the subscription lasts.
  return Effect.flatMap(DateTime.now, (now) =>
    // A signature is good for some minutes, and was made once: it is judged by when it came.
    Effect.flatMap(authenticator.authenticate(presented, presented._tag === "SdkSignature" ? came : now), (caller) =>
      access.allows({ caller, address }, project_id, scopes, now) ? Effect.void : Effect.fail(forbidden)
    ).pipe(
      Effect.catchIf(
        ({ reason }) => proxyErrors[reason].retryable && reason !== "RevocationsUnknown",
        () =>
          ends !== undefined && now.epochMilliseconds >= ends
            ? Effect.fail(unauthenticatedBecause("the token has expired, and its issuer cannot be asked"))
            : Effect.void
      )
    )
  )
}

const forbidden = new ProxyError({ reason: "Forbidden", message: "this caller may no longer watch this project" })
