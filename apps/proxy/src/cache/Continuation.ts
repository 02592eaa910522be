import * as Effect from "effect/Effect"

/**
 * A value that is passed to a callback, once, perhaps synchronously. The function
 * that it returns cancels the wait. It costs no fiber for each that waits;
 * {@link fromContinuation} is the same as an Effect.
 */
export type Continuation<A> = (done: (a: A) => void) => () => void

export const fromContinuation = <A>(later: Continuation<A>): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const stop = later((a) => resume(Effect.succeed(a)))
    return Effect.sync(stop)
  })
