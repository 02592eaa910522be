import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

/** Whether an Effect has ended already, so that what it comes to is known without running it. */
export const hasEnded = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Exit<A, E> => Exit.isExit(effect)

/** The failure of an Effect that has ended; throws a defect. */
export const failureOf = <E>(exit: Exit.Failure<unknown, E>): E => {
  const failure = Exit.findErrorOption(exit)
  if (Option.isNone(failure)) throw Cause.squash(exit.cause)
  return failure.value
}
