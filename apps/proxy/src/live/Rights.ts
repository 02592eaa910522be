import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Callers } from "../callers/Callers.ts"
import type { PresentedCredential } from "../callers/PresentedCredential.ts"
import { Refusal, refusals } from "../edge/Refusal.ts"
import { Gateway, type Visitor } from "../Gateway.ts"
import { Generations } from "../Generations.ts"
import { LiveRules } from "./LiveRules.ts"

/** Who watches, by what credential, and in which project. */
export interface Watcher extends Visitor {
  readonly presented: PresentedCredential
  readonly project_id: string
}

/**
 * Succeeds when a watcher would be refused by now, with that refusal. The
 * credential and the rights are looked at once a minute, and at once when
 * another configuration comes into force; a caller who is in it no more loses
 * what it has open. What keeps the proxy from looking changes nothing.
 */
export const rightsLost = Effect.fnUntraced(function* ({ address, presented, project_id }: Watcher) {
  const callers = yield* Callers
  const gateway = yield* Gateway
  const generations = yield* Generations
  const { recheck } = yield* LiveRules
  // A signature is good for some minutes, and was made once: it is judged by when it came.
  const judged =
    presented._tag === "SdkSignature"
      ? Effect.provideService(callers.authenticate(presented), Clock.Clock, yield* stopped)
      : callers.authenticate(presented)

  const look = Effect.gen(function* () {
    const caller = yield* judged
    if (!gateway.allows({ caller, address }, project_id, "watch", yield* DateTime.now)) return yield* forbidden
  }).pipe(
    Effect.catchIf(
      ({ reason }) => refusals[reason].retryable,
      () => Effect.void
    )
  )

  let replaced = Deferred.makeUnsafe<void>()
  yield* generations.follow(() => {
    Deferred.doneUnsafe(replaced, Effect.void)
    replaced = Deferred.makeUnsafe()
  })
  const lost: Effect.Effect<never, Refusal> = Effect.forever(
    Effect.suspend(() => {
      const next = Deferred.await(replaced)
      return Effect.andThen(look, Effect.raceFirst(Effect.sleep(recheck), next))
    })
  )
  return Effect.flip(lost)
})

const stopped = Effect.map(Clock.Clock, (clock): Clock.Clock => {
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
})

const forbidden = new Refusal({ reason: "Forbidden", message: "this caller may not watch this project any more" })
