import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberHandle from "effect/FiberHandle"
import type * as Scope from "effect/Scope"

/** A wait that ends at a moment at the latest. */
export interface Waiter {
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** Called once when the moment has come; gone with the wait, since a Set may keep a deleted object. */
  expire: (() => void) | undefined
}

/** The deadlines of all waits: one sleep for all of them, instead of a timer and a fiber for each. */
export interface Deadlines {
  readonly add: (waiting: Waiter) => void
  readonly remove: (waiting: Waiter) => void
}

/** Keeps deadlines as long as the scope lasts. */
export const makeDeadlines: Effect.Effect<Deadlines, never, Scope.Scope> = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  /** Runs the sleep, in place of the one before. */
  const run = yield* FiberHandle.makeRuntime<never>()
  const all = new Set<Waiter>()
  /** The moment at which the sleep ends; a wait that is removed before is not called. */
  let wakesAt = Infinity

  const sleepUntil = (moment: number) => {
    wakesAt = moment
    const left = Math.max(0, moment - clock.currentTimeMillisUnsafe())
    run(Effect.andThen(clock.sleep(Duration.millis(left)), Effect.sync(wake)))
  }
  const wake = () => {
    wakesAt = Infinity
    const now = clock.currentTimeMillisUnsafe()
    let next = Infinity
    for (const waiting of all) {
      if (waiting.deadline > now) next = Math.min(next, waiting.deadline)
      else {
        all.delete(waiting)
        waiting.expire?.()
      }
    }
    if (next < wakesAt) sleepUntil(next)
  }

  return {
    add: (waiting) => {
      all.add(waiting)
      if (waiting.deadline < wakesAt) sleepUntil(waiting.deadline)
    },
    remove: (waiting) => {
      all.delete(waiting)
      waiting.expire = undefined
    }
  }
})
