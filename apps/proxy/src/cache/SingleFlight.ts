import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Continuation } from "./Continuation.ts"
import { makeDeadlines } from "./Deadlines.ts"

/** Calls under way: equal requests, which have the same id, share one. */
export interface SingleFlight<A> {
  /**
   * Joins the call of an id, or begins it; waits for its result at most `patience` milliseconds, and then gives
   * `outOfTime`. The last request that leaves interrupts the call.
   */
  readonly join: (id: string, begin: () => Fiber.Fiber<A>, patience: number, outOfTime: () => A) => Continuation<A>
  /** Whether a request would join a call that is under way. */
  readonly isJoinable: (id: string) => boolean
  /** Lets no later request join the call of an id; the requests that wait for it still get its result. */
  readonly close: (id: string) => void
}

/** A call under way, and the requests that wait for it. */
class Flight<A> {
  readonly id: string
  readonly waiting = new Set<(result: A) => void>()
  /** Undefined once the call has ended. */
  fiber: Fiber.Fiber<A> | undefined

  constructor(id: string) {
    this.id = id
  }
}

/**
 * Makes calls as long as the scope lasts. Each request is a callback with a deadline; only the call is a fiber.
 *
 * @param failed the result for all requests if a defect or an interruption ends the call
 */
export const makeSingleFlight = <A>(failed: A): Effect.Effect<SingleFlight<A>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const deadlines = yield* makeDeadlines
    const joinable = new Map<string, Flight<A>>()

    const end = (flight: Flight<A>) => {
      if (joinable.get(flight.id) === flight) joinable.delete(flight.id)
      // An outgrown table of a Map or Set that V8 has promoted keeps those after it, and so whatever was in them.
      flight.fiber = undefined
    }

    const begin = (flight: Flight<A>, call: () => Fiber.Fiber<A>) => {
      joinable.set(flight.id, flight)
      flight.fiber = call()
      flight.fiber.addObserver((exit) => {
        end(flight)
        const result = Exit.isSuccess(exit) ? exit.value : failed
        for (const told of flight.waiting) told(result)
      })
    }

    return {
      join: (id, call, patience, outOfTime) => (done) => {
        const known = joinable.get(id)
        const flight = known ?? new Flight<A>(id)
        const leave = () => {
          deadlines.remove(waiter)
          flight.waiting.delete(told)
        }
        const told = (result: A) => {
          leave()
          done(result)
        }
        const giveUp = () => {
          leave()
          const { fiber } = flight
          if (flight.waiting.size > 0 || fiber === undefined) return
          end(flight)
          fiber.interruptUnsafe()
        }
        const waiter = {
          deadline: clock.currentTimeMillisUnsafe() + patience,
          expire: () => {
            giveUp()
            done(outOfTime())
          }
        }
        flight.waiting.add(told)
        deadlines.add(waiter)
        if (known === undefined) begin(flight, call)
        return giveUp
      },
      isJoinable: (id) => joinable.size > 0 && joinable.has(id),
      close: (id) => void joinable.delete(id)
    }
  })
