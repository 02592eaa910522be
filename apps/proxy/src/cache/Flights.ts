import { TimedOut } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { Quotas } from "../callers/Quotas.ts"
import { type FairQueue, type FairQueueLimits, makeFairQueue } from "../upstream/FairQueue.ts"
import { absent, present } from "./CacheEntry.ts"
import { cacheBytes, cacheEntries } from "./CacheMetrics.ts"
import type { CacheStore } from "./CacheStore.ts"
import { meaningOf } from "./FailureMeaning.ts"
import { Flight } from "./Flight.ts"
import type { Shown, ShowFailed } from "./Shown.ts"

/** What a call came to, and whether it is there for who asks next. */
export interface Landed {
  readonly outcome: Shown["outcome"]
  readonly stored: boolean
}

/** The calls to the cloud that are under way, and what the store learns from them. */
export interface Flights {
  /** Waits for the call of this wish, or of an equal one, for so many milliseconds. */
  readonly join: (flight: Flight, patience: number) => Effect.Effect<Landed>
  /** Forgets an entry; a call that is under way for it is not stored. */
  readonly forget: (flight: Flight) => Effect.Effect<void>
}

/**
 * At most one call is under way for equal wishes. It takes its turn among the
 * callers and from the project's quota, and is given up when nobody waits for
 * it any more.
 */
export const makeFlights = (
  store: CacheStore,
  queue: FairQueueLimits
): Effect.Effect<Flights, never, Digest.Digest | Quotas | Scope.Scope> =>
  Effect.gen(function* () {
    const quotas = yield* Quotas
    const digest = yield* Digest.Digest
    const queues = new Map<string, FairQueue>()
    /** Whose answer may be stored, by key. */
    const current = new Map<string, Flight>()

    const queueOf = (region: string): FairQueue => {
      const existing = queues.get(region) ?? makeFairQueue(queue)
      queues.set(region, existing)
      return existing
    }

    /** Changes the store, and says how full it is then. */
    const changed = (change: () => void): Effect.Effect<void> =>
      Effect.suspend(() => {
        change()
        const { bytes, entries } = store.size()
        return Effect.andThen(Metric.update(cacheEntries, entries), Metric.update(cacheBytes, bytes))
      })

    const learn = (flight: Flight, error: ShowFailed, at: number, chance: number): Effect.Effect<void> => {
      const before = store.get(flight.key)
      switch (meaningOf(error)) {
        case "gone":
          return error._tag === "BackupNotFound" && flight.stores
            ? Effect.flatMap(absent(error, before, at, chance), (entry) => changed(() => store.put(flight.key, entry)))
            : changed(() => store.forget(flight.key))
        case "revoked":
          return changed(() => store.forget(flight.key))
        case "ill":
          return Effect.sync(() => {
            if (before?._tag !== "Present") return
            before.attempts.lastAt = at
            before.attempts.holdUntil = at + holdFor(error)
          })
        case "ours":
          return Effect.void
      }
    }

    /** The one call for all who have the same wish. */
    const fly = Effect.fnUntraced(
      function* (flight: Flight): Effect.fn.Return<Landed, never, Digest.Digest> {
        const { caller_id, key, request, stores, upstream } = flight
        flight.leads = true
        if (stores) current.set(key, flight)
        const call = upstream.showBackup(request)
        const result = yield* Effect.result(
          Effect.andThen(quotas.takeFromProject(request.project_id), queueOf(upstream.region).enter(caller_id, call))
        )
        const at = yield* Clock.currentTimeMillis
        const chance = yield* Random.next
        const isCurrent = !stores || current.get(key) === flight
        if (Result.isFailure(result)) {
          if (isCurrent) yield* learn(flight, result.failure, at, chance)
          return { outcome: Result.fail(result.failure), stored: false }
        }
        const entry = yield* present(key, result.success, at, chance)
        const stored = stores && current.get(key) === flight && entry.lifetime.usableUntil > at
        if (stored) yield* changed(() => store.put(key, entry))
        return { outcome: Result.succeed(entry), stored }
      },
      (effect, flight) =>
        Effect.ensuring(
          Effect.provideService(effect, Digest.Digest, digest),
          Effect.sync(() => {
            if (current.get(flight.key) === flight) current.delete(flight.key)
          })
        )
    )

    const flights = yield* RcMap.make({ lookup: (flight: Flight) => fly(flight) })

    return {
      join: (flight, patience) =>
        Effect.scoped(RcMap.get(flights, flight)).pipe(
          Effect.timeoutOrElse({
            duration: Duration.millis(patience),
            orElse: () => Effect.succeed({ outcome: Result.fail(outOfTime(patience)), stored: false })
          })
        ),
      forget: (flight) =>
        Effect.suspend(() => {
          current.delete(flight.key)
          return Effect.andThen(
            changed(() => store.forget(flight.key)),
            RcMap.invalidate(flights, flight)
          )
        })
    }
  })

/** How long the cloud is left alone about a backup after it failed, in milliseconds: a second, or as it says, within reason. */
const holdFor = (error: ShowFailed): number =>
  Math.min(Math.max(error._tag === "Refusal" ? 1 : (error.retry_after ?? 1), 1), 30) * 1_000

const outOfTime = (patience: number) =>
  new TimedOut({ message: `the cloud gave no answer within the caller's ${patience} ms`, limit: "deadline" })
