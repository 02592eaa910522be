import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Semaphore from "effect/Semaphore"
import type { RateLimit, ResiliencePolicy } from "../ResiliencePolicy.ts"

/** Lets a request through when it is its turn. Interrupting a wait gives the turn to the next. */
export type Admission = <A, E, R>(request: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** By the policy's `concurrency` and `rateLimit`, first come, first served. */
export const make = Effect.fnUntraced(function* ({
  concurrency,
  rateLimit
}: Pick<ResiliencePolicy, "concurrency" | "rateLimit">): Effect.fn.Return<Admission> {
  const places = Number.isFinite(concurrency) ? yield* Semaphore.make(concurrency) : undefined
  const turn = rateLimit === undefined ? undefined : yield* makeTurn(rateLimit)
  return (request) => {
    const paced = turn === undefined ? request : Effect.andThen(turn, request)
    return places === undefined ? paced : places.withPermit(paced)
  }
})

/** No limits. */
export const unlimited: Admission = (request) => request

/**
 * Succeeds when one more request may be sent. Only the first in the queue asks
 * the limiter, and asks again after the wait that it was told: a turn that was
 * reserved ahead would be lost with a caller who leaves, and under a lasting
 * overload the reservations of those who left would keep everybody waiting.
 */
const makeTurn = Effect.fnUntraced(function* ({ requests, window }: RateLimit) {
  const limiter = yield* Effect.provide(RateLimiter.make, RateLimiter.layerStoreMemory)
  const queue = yield* Semaphore.make(1)
  const take: Effect.Effect<void> = Effect.suspend(() =>
    limiter.consume({ key: "requests", algorithm: "token-bucket", onExceeded: "fail", limit: requests, window })
  ).pipe(
    Effect.asVoid,
    Effect.catchReason(
      "RateLimiterError",
      "RateLimitExceeded",
      ({ retryAfter }) => Effect.andThen(Effect.sleep(Duration.max(retryAfter, shortestWait)), take),
      Effect.die
    )
  )
  return queue.withPermit(take)
})

/** A wait that rounds to nothing would be asked for again at the same instant. */
const shortestWait = Duration.millis(1)
