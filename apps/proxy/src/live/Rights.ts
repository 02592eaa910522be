import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Callers } from "../callers/Callers.ts"
import { expiryOf } from "../callers/Jwt.ts"
import { type PresentedCredential, unauthenticatedBecause } from "../callers/PresentedCredential.ts"
import type { Gateway, Visitor } from "../gateway/Gateway.ts"
import { Refusal, refusals } from "../problems/Refusal.ts"
import type { Scope } from "../rights/Caller.ts"

/** Who watches, by what credential, in which project, and by which scopes. */
export interface Watcher extends Visitor {
  readonly presented: PresentedCredential
  readonly project_id: string
  readonly scopes: ReadonlyArray<Scope>
}

/**
 * Fails when a watcher would be refused by now, with that refusal: its
 * credential is shown once more. What keeps the proxy from looking changes
 * nothing.
 *
 * @param came when it was let in
 */
export const mayStay = (
  { address, presented, project_id, scopes }: Watcher,
  callers: Callers["Service"],
  gateway: Gateway["Service"],
  came: DateTime.Utc
): Effect.Effect<void, Refusal> => {
  // It was good when it came; that its issuer cannot be asked any more makes it last no longer.
  const ends = presented._tag === "Jwt" ? expiryOf(presented.token) : undefined
  // Made when it is looked at, and not kept for as long as somebody watches.
  return Effect.flatMap(DateTime.now, (now) =>
    // A signature is good for some minutes, and was made once: it is judged by when it came.
    Effect.flatMap(callers.authenticate(presented, presented._tag === "SdkSignature" ? came : now), (caller) =>
      gateway.allows({ caller, address }, project_id, scopes, now) ? Effect.void : Effect.fail(forbidden)
    ).pipe(
      Effect.catchIf(
        ({ reason }) => refusals[reason].retryable && reason !== "RevocationsUnknown",
        () =>
          ends !== undefined && now.epochMilliseconds >= ends
            ? Effect.fail(unauthenticatedBecause("the token has expired, and its issuer cannot be asked"))
            : Effect.void
      )
    )
  )
}

const forbidden = new Refusal({ reason: "Forbidden", message: "this caller may not watch this project any more" })
