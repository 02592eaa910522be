import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Where several wait for each other. */
export interface Gathering {
  /** Succeeds when all who are expected have come, or when it takes too long. */
  readonly come: (who: number) => Effect.Effect<void>
  /** Whether somebody has come, in time or later. */
  readonly has: (who: number) => boolean
  /** Looks again at who is expected: one may have gone for good. */
  readonly look: Effect.Effect<void>
}

/** One who does not come holds up the others for no longer. */
const patience = Duration.seconds(3)

/** @param expected who has to come, at the moment when it is asked */
export const makeGathering = (expected: () => ReadonlyArray<number>): Gathering => {
  const here = new Set<number>()
  const all = Deferred.makeUnsafe<void>()
  const look = Effect.suspend(() =>
    here.size > 0 && expected().every((who) => here.has(who)) ? Deferred.succeed(all, undefined) : Effect.void
  ).pipe(Effect.asVoid)
  return {
    has: (who) => here.has(who),
    look,
    come: (who) =>
      Effect.suspend(() => {
        here.add(who)
        return Effect.andThen(look, Effect.timeoutOption(Deferred.await(all), patience))
      }).pipe(Effect.asVoid)
  }
}
