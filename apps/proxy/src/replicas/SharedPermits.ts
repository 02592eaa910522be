import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type * as Redis from "effect/persistence/Redis"
import * as Queue from "effect/Queue"
import * as Semaphore from "effect/Semaphore"
import { Permits } from "../callers/Permits.ts"
import { makeTokenBuckets, type Quota, type Taken } from "../callers/TokenBuckets.ts"
import { RedisLink } from "./RedisLink.ts"

/** What this replica has drawn of a quota and not yet given out. */
interface Drawn {
  readonly turn: Semaphore.Semaphore
  count: number
  /** When the rest lapses, so that nobody saves up beyond the quota; in milliseconds since 1970. */
  until: number
  /** What was left for all replicas after the last draw, and when none was to be missing. */
  left: number
  fullAt: number
  /** Until when this replica counts by itself. */
  aloneUntil: number
  isDrawing: boolean
}

/** How long a draw is good for, and how long a replica counts by itself before it asks again; in milliseconds. */
const lapse = 1_000

/**
 * Permits that replicas draw from one quota in Redis, several at once where it
 * is large, so that most are given out without asking. While Redis is away
 * each replica grants its share of the quota.
 *
 * @param replicas into how many shares
 */
export const layer = (replicas: number): Layer.Layer<Permits, never, RedisLink | Redis.Redis> =>
  Layer.unwrap(
    Effect.map(RedisLink, ({ prefix }) =>
      Layer.effect(Permits, make(replicas)).pipe(
        Layer.provide(RateLimiter.layer),
        Layer.provide(RateLimiter.layerStoreRedis({ prefix: `${prefix}quota:` }))
      )
    )
  )

const make = Effect.fnUntraced(function* (replicas: number) {
  const limiter = yield* RateLimiter.RateLimiter
  const own = makeTokenBuckets()
  const drawn = new Map<string, Drawn>()
  const running = yield* Queue.unbounded<readonly [key: string, quota: Quota]>()

  /** A caller who asks each replica now and then wastes a draw of each in a second: altogether half of the quota at most. */
  const drawOf = ({ burst, perSecond }: Quota) => Math.max(1, Math.floor(Math.min(burst, perSecond) / (2 * replicas)))

  const shares = new WeakMap<Quota, Quota>()
  const shareOf = (quota: Quota): Quota => {
    const known = shares.get(quota)
    if (known !== undefined) return known
    const share = { perSecond: quota.perSecond / replicas, burst: Math.max(1, Math.floor(quota.burst / replicas)) }
    shares.set(quota, share)
    return share
  }

  const drawnOf = (key: string): Drawn => {
    const known = drawn.get(key)
    if (known !== undefined) return known
    const none = { count: 0, until: 0, left: 0, fullAt: 0, aloneUntil: 0, isDrawing: false }
    const fresh = { ...none, turn: Semaphore.makeUnsafe(1) }
    drawn.set(key, fresh)
    return fresh
  }

  const consume = (key: string, quota: Quota, tokens: number) =>
    limiter.consume({
      key,
      tokens,
      algorithm: "token-bucket",
      limit: quota.burst,
      window: Duration.seconds(quota.burst / quota.perSecond)
    })

  /** Draws some, or the last one, and puts away those that are not spent at once. Fails with how long there is none. */
  const draw = Effect.fnUntraced(function* (key: string, quota: Quota, spent: 0 | 1) {
    const state = drawnOf(key)
    const many = drawOf(quota)
    const one = Effect.map(consume(key, quota, 1), (result) => ({ ...result, count: 1 }))
    const some =
      many === 1
        ? one
        : consume(key, quota, many).pipe(
            Effect.map((result) => ({ ...result, count: many })),
            Effect.catchReason("RateLimiterError", "RateLimitExceeded", (_, error) =>
              spent === 1 ? one : Effect.fail(error)
            )
          )
    const { count, remaining, resetAfter } = yield* some
    const now = yield* Clock.currentTimeMillis
    state.count = (now < state.until ? state.count : 0) + count - spent
    state.until = now + lapse
    state.left = remaining
    state.fullAt = now + Duration.toMillis(resetAfter)
    return takenFrom(state, now)
  })

  /** What can be told without asking. */
  const takeNow = (key: string, quota: Quota, now: number): Taken | undefined => {
    const state = drawnOf(key)
    if (now < state.aloneUntil) return own.take(key, shareOf(quota), now)
    if (state.count < 1 || now >= state.until) return undefined
    state.count--
    const many = drawOf(quota)
    if (many > 1 && state.count <= many / 2 && !state.isDrawing) {
      state.isDrawing = true
      Queue.offerUnsafe(running, [key, quota])
    }
    return takenFrom(state, now)
  }

  const take = (key: string, quota: Quota): Effect.Effect<Taken> =>
    Effect.suspend(() => {
      const state = drawnOf(key)
      return Effect.gen(function* () {
        const there = takeNow(key, quota, yield* Clock.currentTimeMillis)
        return there ?? (yield* draw(key, quota, 1))
      }).pipe(
        Effect.catchTag("RateLimiterError", ({ reason }) =>
          Effect.map(Clock.currentTimeMillis, (now): Taken => {
            if (reason._tag === "RateLimitExceeded") {
              return { _tag: "Empty", nextAfter: Duration.toMillis(reason.retryAfter) }
            }
            state.aloneUntil = now + lapse
            return own.take(key, shareOf(quota), now)
          })
        ),
        state.turn.withPermits(1)
      )
    })

  /** What runs low is drawn ahead of need. */
  yield* Queue.take(running).pipe(
    Effect.flatMap(([key, quota]) => {
      const state = drawnOf(key)
      return Effect.ensuring(
        Effect.ignore(state.turn.withPermits(1)(draw(key, quota, 0))),
        Effect.sync(() => void (state.isDrawing = false))
      )
    }),
    Effect.forever,
    Effect.forkScoped
  )

  return Permits.of({ take, takeNow })
})

const takenFrom = ({ count, fullAt, left }: Drawn, now: number): Taken => ({
  _tag: "Taken",
  left: left + count,
  fullAfter: Math.max(0, fullAt - now)
})
