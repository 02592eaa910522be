import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { RateLimit, ResiliencePolicy } from "./ResiliencePolicy.ts"

/** Lets requests through, each in its order. */
export interface Admission {
  /** Sends a request when its time has come. Interrupting a wait gives the place to the next. */
  readonly admit: <A, E, R>(request: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /**
   * Takes a place for a request that may be sent at once, and tells whether there was one; `leave` gives it back.
   * Those that wait come first.
   *
   * @param now epoch milliseconds
   */
  readonly enter: (now: number) => Effect.Effect<boolean>
  readonly leave: Effect.Effect<void>
}

/** Admits requests by the policy's `concurrency` and `rateLimit`, first come, first served. */
export const make = Effect.fnUntraced(function* ({
  concurrency,
  rateLimit
}: Pick<ResiliencePolicy, "concurrency" | "rateLimit">): Effect.fn.Return<Admission> {
  const places = Number.isFinite(concurrency) ? yield* Semaphore.make(concurrency) : undefined
  const rate = rateLimit === undefined ? undefined : yield* makeRate(rateLimit)
  const release = places === undefined ? Effect.void : Effect.asVoid(places.release(1))
  /** Requests that wait for a place: a free one is for the first of them, and is taken only when its fiber runs. */
  let queued = 0
  const enterPlace =
    places === undefined
      ? Effect.succeed(true)
      : Effect.suspend(() => (queued === 0 ? places.takeIfAvailable(1) : Effect.succeed(false)))
  return {
    admit: (request) => {
      const paced = rate === undefined ? request : Effect.andThen(rate.take, request)
      if (places === undefined) return paced
      return Effect.suspend(() => {
        let waits = false
        const wait = Effect.sync(() => {
          waits = true
          queued++
        })
        const endWait = Effect.sync(() => {
          if (waits) queued--
          waits = false
        })
        return Effect.ensuring(Effect.andThen(wait, places.withPermit(Effect.andThen(endWait, paced))), endWait)
      })
    },
    enter: (now) =>
      rate === undefined
        ? enterPlace
        : Effect.flatMap(enterPlace, (hasPlace) =>
            !hasPlace || rate.takeIfAvailable(now) ? Effect.succeed(hasPlace) : Effect.as(release, false)
          ),
    leave: release
  }
})

/** No limits. */
export const unlimited: Admission = {
  admit: (request) => request,
  enter: () => Effect.succeed(true),
  leave: Effect.void
}

/**
 * A token bucket that is full at first. Only the first of those that wait looks
 * at it: a token that was reserved ahead would be lost with a caller that
 * leaves, and under a lasting overload the reservations of those that left
 * would keep all others waiting.
 */
const makeRate = Effect.fnUntraced(function* ({ requests, window }: RateLimit) {
  const queue = yield* Semaphore.make(1)
  const perMillisecond = requests / Duration.toMillis(window)
  let tokens = requests
  let filledAt = Number.NEGATIVE_INFINITY
  let waiting = 0

  /** Milliseconds until there is a token; 0 after taking one. */
  const takeAt = (now: number): number => {
    tokens = Math.min(requests, tokens + Math.max(0, now - filledAt) * perMillisecond)
    filledAt = Math.max(filledAt, now)
    if (tokens < 1) return Math.max(1, Math.ceil((1 - tokens) / perMillisecond))
    tokens -= 1
    return 0
  }
  const take: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const wait = takeAt(now)
    return wait === 0 ? Effect.void : Effect.andThen(Effect.sleep(Duration.millis(wait)), take)
  })
  return {
    take: Effect.suspend(() => {
      waiting++
      return Effect.ensuring(
        queue.withPermit(take),
        Effect.sync(() => void waiting--)
      )
    }),
    /** Whether there was a token; those that wait come first. */
    takeIfAvailable: (now: number): boolean => waiting === 0 && takeAt(now) === 0
  }
})
