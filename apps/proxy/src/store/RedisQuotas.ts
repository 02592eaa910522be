import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Semaphore from "effect/Semaphore"
import type { StoreUnavailable } from "./Store.ts"
import { makeTokenBuckets, type Quota, type Taken } from "./TokenBuckets.ts"

/** The tokens of a quota that this replica has drawn and not yet granted. */
interface Drawn {
  readonly turn: Semaphore.Semaphore
  count: number
  /** When the rest lapses, so that no replica saves up beyond the quota; in milliseconds since 1970. */
  until: number
  /** The tokens left for all replicas after the last draw, and the time at which the bucket is full again. */
  left: number
  fullAt: number
  /** Until when this replica counts by itself. */
  aloneUntil: number
  isDrawing: boolean
}

/** The life of a draw, and the time for which a replica counts by itself before it asks again; in milliseconds. */
const lapse = 1_000

/**
 * Quotas that replicas have together. Each draws several tokens at once where
 * the quota is large, so that most are given out without asking. While Redis
 * cannot be had each replica grants its share of the quota.
 *
 * @param replicas into how many shares
 * @param takeOfAll takes so many tokens of the bucket that all replicas have; none where there are fewer
 */
export const makeRedisQuotas = Effect.fnUntraced(function* (
  replicas: number,
  takeOfAll: (bucket: string, quota: Quota, tokens: number) => Effect.Effect<Taken, StoreUnavailable>
) {
  const own = makeTokenBuckets()
  const drawn = new Map<string, Drawn>()
  const run = yield* FiberSet.makeRuntime()

  /** A caller that asks each replica now and then wastes a draw of each in a second: altogether half of the quota at most. */
  const drawOf = ({ burst, perSecond }: Quota) => Math.max(1, Math.floor(Math.min(burst, perSecond) / (2 * replicas)))

  const takeShare = (key: string, { burst, perSecond }: Quota, now: number) =>
    own.take(key, { perSecond: perSecond / replicas, burst: Math.max(1, Math.floor(burst / replicas)) }, now)

  const drawnOf = (key: string): Drawn => {
    const known = drawn.get(key)
    if (known !== undefined) return known
    const none = { count: 0, until: 0, left: 0, fullAt: 0, aloneUntil: 0, isDrawing: false }
    const fresh = { ...none, turn: Semaphore.makeUnsafe(1) }
    drawn.set(key, fresh)
    return fresh
  }

  /** Draws some, or the last one, and puts away those that are not spent at once. */
  const draw = Effect.fnUntraced(function* (
    key: string,
    quota: Quota,
    spent: 0 | 1
  ): Effect.fn.Return<Taken, StoreUnavailable> {
    const state = drawnOf(key)
    const many = drawOf(quota)
    let count = many
    let taken = yield* takeOfAll(key, quota, many)
    if (taken._tag === "Empty" && many > 1 && spent === 1) {
      count = 1
      taken = yield* takeOfAll(key, quota, 1)
    }
    if (taken._tag === "Empty") return taken
    const now = yield* Clock.currentTimeMillis
    state.count = (now < state.until ? state.count : 0) + count - spent
    state.until = now + lapse
    state.left = taken.left
    state.fullAt = now + taken.fullAfter
    return takenFrom(state, now)
  })

  /** Takes a token without a call to Redis; returns `undefined` if only Redis can tell. */
  const takeDrawn = (key: string, quota: Quota, now: number): Taken | undefined => {
    const state = drawnOf(key)
    if (now < state.aloneUntil) return takeShare(key, quota, now)
    if (state.count < 1 || now >= state.until) return undefined
    state.count--
    const many = drawOf(quota)
    if (many > 1 && state.count <= many / 2 && !state.isDrawing) {
      state.isDrawing = true
      run(
        Effect.ensuring(
          Effect.ignore(state.turn.withPermits(1)(draw(key, quota, 0))),
          Effect.sync(() => void (state.isDrawing = false))
        )
      )
    }
    return takenFrom(state, now)
  }

  const ask = (key: string, quota: Quota): Effect.Effect<Taken> =>
    Effect.suspend(() => {
      const state = drawnOf(key)
      return Effect.gen(function* () {
        const there = takeDrawn(key, quota, yield* Clock.currentTimeMillis)
        return there ?? (yield* draw(key, quota, 1))
      }).pipe(
        Effect.catchTag("StoreUnavailable", () =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            state.aloneUntil = now + lapse
            return takeShare(key, quota, now)
          })
        ),
        state.turn.withPermits(1)
      )
    })

  const take = (key: string, quota: Quota, now: number): Effect.Effect<Taken> => {
    const there = takeDrawn(key, quota, now)
    return there === undefined ? ask(key, quota) : Effect.succeed(there)
  }

  return take
})

const takenFrom = ({ count, fullAt, left }: Drawn, now: number): Taken => ({
  _tag: "Taken",
  left: left + count,
  fullAfter: Math.max(0, fullAt - now)
})
