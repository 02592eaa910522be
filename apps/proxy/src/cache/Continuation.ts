import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { logDefect } from "../problems/Defect.ts"

/**
 * A value that is passed to a callback, once, perhaps synchronously. The function
 * that it returns cancels the wait. It costs no fiber for each that waits;
 * {@link toEffect} is the same as an Effect.
 */
export type Continuation<A> = (done: (a: A) => void) => () => void

export const toEffect = <A>(later: Continuation<A>): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const stop = later((a) => resume(Effect.succeed(a)))
    return Effect.sync(stop)
  })

/** Runs an Effect in a fiber of its own; a defect is logged, and `failed` passed on. */
export const fromEffect =
  <A>(effect: Effect.Effect<A>, context: Context.Context<never>, failed: A): Continuation<A> =>
  (done) => {
    const logged = Effect.catchDefect(effect, (defect) => Effect.as(logDefect(defect), failed))
    const fiber = Effect.runForkWith(context)(logged)
    fiber.addObserver((exit) => {
      if (Exit.isSuccess(exit)) done(exit.value)
    })
    return () => fiber.interruptUnsafe()
  }

/** Goes on with another value, or with the continuation that brings it. */
export const flatMap =
  <A, B>(later: Continuation<A>, next: (a: A) => B | Continuation<B>): Continuation<B> =>
  (done) => {
    let stop: (() => void) | undefined
    const first = later((a) => {
      const result = next(a)
      if (isContinuation(result)) stop = result(done)
      else done(result)
    })
    stop ??= first
    return () => stop?.()
  }

export const isContinuation = <A>(result: A | Continuation<A>): result is Continuation<A> =>
  typeof result === "function"
