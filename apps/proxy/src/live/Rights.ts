import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Callers } from "../callers/Callers.ts"
import { expiryOf } from "../callers/Jwt.ts"
import { type PresentedCredential, unauthenticatedBecause } from "../callers/PresentedCredential.ts"
import type { Gateway, Visitor } from "../gateway/Gateway.ts"
import { Refusal, refusals } from "../problems/Refusal.ts"

/** Who watches, by what credential, and in which project. */
export interface Watcher extends Visitor {
  readonly presented: PresentedCredential
  readonly project_id: string
}

/**
 * Fails when a watcher would be refused by now, with that refusal: its
 * credential is shown once more. What keeps the proxy from looking changes
 * nothing.
 */
export const mayStay = (
  { address, presented, project_id }: Watcher,
  callers: Callers["Service"],
  gateway: Gateway["Service"]
): Effect.Effect<Effect.Effect<void, Refusal>> =>
  Effect.map(Clock.Clock, (clock) => {
    // A signature is good for some minutes, and was made once: it is judged by when it came.
    const came = presented._tag === "SdkSignature" ? stopped(clock) : undefined
    // It was good when it came; that its issuer cannot be asked any more makes it last no longer.
    const ends = presented._tag === "Jwt" ? expiryOf(presented.token) : undefined
    // Made when it is looked at, and not kept for as long as somebody watches.
    return Effect.suspend(() => {
      const authenticated = callers.authenticate(presented)
      return Effect.gen(function* () {
        const caller = yield* came === undefined
          ? authenticated
          : Effect.provideService(authenticated, Clock.Clock, came)
        if (!gateway.allows({ caller, address }, project_id, "watch", yield* DateTime.now)) return yield* forbidden
      }).pipe(
        Effect.catchIf(
          ({ reason }) => refusals[reason].retryable && reason !== "RevocationsUnknown",
          () =>
            ends !== undefined && clock.currentTimeMillisUnsafe() >= ends
              ? Effect.fail(unauthenticatedBecause("the token has expired, and its issuer cannot be asked"))
              : Effect.void
        )
      )
    })
  })

const stopped = (clock: Clock.Clock): Clock.Clock => {
  const millis = clock.currentTimeMillisUnsafe()
  const nanos = clock.currentTimeNanosUnsafe()
  return {
    currentTimeMillisUnsafe: () => millis,
    currentTimeMillis: Effect.succeed(millis),
    currentTimeNanosUnsafe: () => nanos,
    currentTimeNanos: Effect.succeed(nanos),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
}

const forbidden = new Refusal({ reason: "Forbidden", message: "this caller may not watch this project any more" })
