import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { counters } from "../observability/Counters.ts"
import { type LimitsPolicy } from "../policy/LimitsPolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"

/** The limits of calls under way, of waiting calls, and of the wait. */
export type FairQueueLimits = Pick<LimitsPolicy, "upstream_calls" | "queue" | "queue_wait_ms">

/**
 * Lets calls through in turn: a caller with many calls waiting gets no more turns
 * than a caller with one. A call that waits too long is refused. In a full queue
 * the newest call of the caller with the most waiting is refused too.
 */
export interface FairQueue {
  /** Runs a call when its turn comes; fails with `Overloaded` when none comes. */
  readonly enter: <A, E, R>(caller_id: string, call: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ProxyError, R>
  /** Whether no call is under way, and none waits. */
  readonly isIdle: () => boolean
}

/** A call that waits, until it is admitted or shed. */
interface Ticket {
  readonly caller_id: string
  readonly turn: Deferred.Deferred<void>
  isAdmitted: boolean
}

/** This part of all calls no caller has alone: another finds room whenever it comes. */
const leftForOthers = 1 / 4

/** A queue of its own, as each region has one. */
export const makeFairQueue = ({ queue, queue_wait_ms, upstream_calls }: FairQueueLimits): FairQueue => {
  const most = upstream_calls - Math.floor(upstream_calls * leftForOthers)
  let free = upstream_calls
  /** The number of each caller's calls under way. */
  const underWay = new Map<string, number>()
  /** The waiting calls, by caller; the caller with the next turn comes first. */
  const lanes = new Map<string, Set<Ticket>>()
  let waiting = 0

  const mayBegin = (caller_id: string): boolean => free > 0 && (underWay.get(caller_id) ?? 0) < most
  const begin = (caller_id: string) => {
    free--
    underWay.set(caller_id, (underWay.get(caller_id) ?? 0) + 1)
  }
  const end = (caller_id: string) => {
    free++
    const left = underWay.get(caller_id)! - 1
    if (left === 0) underWay.delete(caller_id)
    else underWay.set(caller_id, left)
    admitNext()
  }
  const leave = (ticket: Ticket) => {
    const lane = lanes.get(ticket.caller_id)
    if (lane === undefined || !lane.delete(ticket)) return
    if (lane.size === 0) lanes.delete(ticket.caller_id)
    waiting--
  }
  const admitNext = () => {
    for (const [caller_id, lane] of lanes) {
      if (!mayBegin(caller_id)) continue
      const [ticket] = lane
      leave(ticket!)
      // Its caller's next turn comes behind those of all others.
      if (lanes.delete(caller_id)) lanes.set(caller_id, lane)
      begin(caller_id)
      ticket!.isAdmitted = true
      Deferred.doneUnsafe(ticket!.turn, Effect.void)
      return
    }
  }
  /** Makes room for one more of a caller, at the cost of another that has more waiting than the caller will have. */
  const makeRoom = (caller_id: string): boolean => {
    if (waiting < queue) return true
    let longest: ReadonlySet<Ticket> | undefined
    for (const lane of lanes.values()) if (longest === undefined || lane.size > longest.size) longest = lane
    const newest = longest === undefined ? undefined : Array.from(longest).at(-1)
    if (newest === undefined || longest!.size <= (lanes.get(caller_id)?.size ?? 0) + 1) return false
    leave(newest)
    Deferred.doneUnsafe(newest.turn, Effect.void)
    return true
  }

  /** @param restore makes what is waited for interruptible again: what is taken is given back, whatever happens */
  const queued = <A, E, R>(
    caller_id: string,
    call: Effect.Effect<A, E, R>,
    restore: <B, E2, R2>(effect: Effect.Effect<B, E2, R2>) => Effect.Effect<B, E2, R2>
  ): Effect.Effect<A, E | ProxyError, R> => {
    if (!makeRoom(caller_id)) return refuse
    const ticket: Ticket = { caller_id, turn: Deferred.makeUnsafe(), isAdmitted: false }
    const lane = lanes.get(caller_id) ?? new Set()
    lanes.set(caller_id, lane.add(ticket))
    waiting++
    return restore(Effect.raceFirst(Deferred.await(ticket.turn), Effect.sleep(queue_wait_ms))).pipe(
      Effect.flatMap((): Effect.Effect<A, E | ProxyError, R> =>
        ticket.isAdmitted ? Effect.andThen(Metric.update(admitted, 1), restore(call)) : refuse
      ),
      Effect.ensuring(Effect.sync(() => (ticket.isAdmitted ? end(caller_id) : leave(ticket))))
    )
  }

  return {
    isIdle: () => free === upstream_calls && waiting === 0,
    enter: (caller_id, call) =>
      Effect.uninterruptibleMask((restore) => {
        if (!mayBegin(caller_id)) return queued(caller_id, call, restore)
        begin(caller_id)
        return Effect.ensuring(
          restore(call),
          Effect.sync(() => end(caller_id))
        )
      })
  }
}

const { admitted, shed } = counters(
  "cbr_proxy_queued_calls_total",
  "Calls to the cloud that could not start at once, by what became of them",
  "outcome",
  ["admitted", "shed"]
)

const refuse: Effect.Effect<never, ProxyError> = Effect.andThen(
  Metric.update(shed, 1),
  Effect.fail(
    new ProxyError({
      reason: "Overloaded",
      message: "too many calls to the cloud are under way or waiting",
      headers: { "retry-after": "1" }
    })
  )
)
