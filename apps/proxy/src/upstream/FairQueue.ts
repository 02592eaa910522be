import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as PartitionedSemaphore from "effect/PartitionedSemaphore"
import * as Semaphore from "effect/Semaphore"
import { eachFromZero } from "../observability/FromZero.ts"
import { type LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { Refusal } from "../problems/Refusal.ts"

/** How much is let through, how much waits, and how long. */
export type FairQueueLimits = Pick<LimitsPolicy, "upstream_calls" | "queue" | "queue_wait_ms">

/**
 * Lets calls through in turn: whoever has many waiting gets no more turns than
 * whoever has one. What waits too long is refused, and so is the newest of
 * those who have the most waiting when there is no more room.
 */
export interface FairQueue {
  /** Runs a call when its turn comes; fails with `Overloaded` when none comes. */
  readonly enter: <A, E, R>(caller_id: string, call: Effect.Effect<A, E, R>) => Effect.Effect<A, E | Refusal, R>
}

interface Ticket {
  readonly caller_id: string
  readonly shed: Deferred.Deferred<void>
  admitted: boolean
}

/** This part of all calls no caller has alone: another finds room whenever it comes. */
const leftForOthers = 1 / 4

/** A queue of its own, as each region has one. */
export const makeFairQueue = (limits: FairQueueLimits): FairQueue => {
  const semaphore = PartitionedSemaphore.makeUnsafe<string>({ permits: limits.upstream_calls })
  const most = limits.upstream_calls - Math.floor(limits.upstream_calls * leftForOthers)
  /** What each caller may yet have under way; of those who have some. */
  const shares = new Map<string, { readonly left: Semaphore.Semaphore; users: number }>()
  const withinShare = <A, E, R>(
    caller_id: string,
    run: (left: Semaphore.Semaphore) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const share = shares.get(caller_id) ?? { left: Semaphore.makeUnsafe(most), users: 0 }
      shares.set(caller_id, share)
      share.users++
      return Effect.ensuring(
        run(share.left),
        Effect.sync(() => {
          if (--share.users === 0) shares.delete(caller_id)
        })
      )
    })
  const lanes = new Map<string, Set<Ticket>>()
  let waiting = 0

  const join = (ticket: Ticket) => {
    const lane = lanes.get(ticket.caller_id)
    if (lane === undefined) lanes.set(ticket.caller_id, new Set([ticket]))
    else lane.add(ticket)
    waiting++
  }
  const leave = (ticket: Ticket) => {
    const lane = lanes.get(ticket.caller_id)
    if (lane === undefined || !lane.delete(ticket)) return
    if (lane.size === 0) lanes.delete(ticket.caller_id)
    waiting--
  }
  /** Makes room for one more of a caller, at the cost of one who has more waiting than the caller will have. */
  const makeRoom = (caller_id: string): boolean => {
    if (waiting < limits.queue) return true
    let longest: ReadonlySet<Ticket> | undefined
    for (const lane of lanes.values()) if (longest === undefined || lane.size > longest.size) longest = lane
    const newest = longest === undefined ? undefined : Array.from(longest).at(-1)
    if (newest === undefined || longest!.size <= (lanes.get(caller_id)?.size ?? 0) + 1) return false
    leave(newest)
    Deferred.doneUnsafe(newest.shed, Effect.void)
    return true
  }

  const queued = <A, E, R>(
    caller_id: string,
    left: Semaphore.Semaphore,
    call: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | Refusal, R> =>
    Effect.suspend(() => {
      if (!makeRoom(caller_id)) return refuse
      const ticket: Ticket = { caller_id, shed: Deferred.makeUnsafe(), admitted: false }
      join(ticket)
      const turn = left.withPermits(1)(
        semaphore.withPermit(caller_id)(
          Effect.suspend(() => {
            ticket.admitted = true
            leave(ticket)
            return Effect.andThen(Metric.update(admitted, 1), call)
          })
        )
      )
      const impatience = Effect.raceFirst(Effect.sleep(limits.queue_wait_ms), Deferred.await(ticket.shed)).pipe(
        Effect.flatMap(() => (ticket.admitted ? Effect.never : refuse))
      )
      return Effect.raceFirst(turn, impatience).pipe(Effect.ensuring(Effect.sync(() => leave(ticket))))
    })

  return {
    enter: (caller_id, call) =>
      withinShare(caller_id, (left) =>
        Effect.flatMap(left.withPermitsIfAvailable(1)(semaphore.withPermitsIfAvailable(1)(call)), (made) => {
          const done = Option.flatten(made)
          return Option.isSome(done) ? Effect.succeed(done.value) : queued(caller_id, left, call)
        })
      )
  }
}

const queuedCalls = Metric.counter("cbr_proxy_queued_calls_total", {
  description: "Calls to the cloud that could not start at once, by what became of them",
  incremental: true
})
const { admitted, shed } = eachFromZero(queuedCalls, "outcome", ["admitted", "shed"])

const refuse: Effect.Effect<never, Refusal> = Effect.andThen(
  Metric.update(shed, 1),
  Effect.fail(
    new Refusal({
      reason: "Overloaded",
      message: "too many calls to the cloud are under way or waiting",
      headers: { "retry-after": "1" }
    })
  )
)
