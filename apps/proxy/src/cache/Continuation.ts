import * as Effect from "effect/Effect"

/**
 * What comes later, to a callback that is called once, perhaps at once. The
 * function that it gives calls it off: nobody waits for it any more. It costs
 * no fiber for who waits; {@link fromContinuation} is the same as an Effect.
 */
export type Continuation<A> = (done: (a: A) => void) => () => void

export const fromContinuation = <A>(later: Continuation<A>): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const stop = later((a) => resume(Effect.succeed(a)))
    return Effect.sync(stop)
  })
