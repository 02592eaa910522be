import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { Revocations } from "../callers/Revocations.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { logDefect } from "../problems/Defect.ts"
import type { ProxyError } from "../problems/ProxyError.ts"
import { ActiveConfiguration } from "../reload/ActiveConfiguration.ts"
import { KeyRing } from "../reload/KeyRing.ts"
import { acquireInScope } from "./acquireInScope.ts"
import { cut } from "./LiveMetrics.ts"
import type { Listen } from "./untilReady.ts"

/** The reason for which a subscription ends: its age, the proxy's drain, another upstream for the backup, or a missing right. */
export type SubscriptionEnd = "age" | "draining" | "moved" | ProxyError

/** A caller that reads a stream, or waits for a change. */
export interface Subscription {
  /** The reason for which it has ended; `undefined` while it lasts. */
  readonly end: () => SubscriptionEnd | undefined
  /** Whether nothing was written to it for one heartbeat. */
  readonly isHeartbeatDue: () => boolean
  /** Notes that something is written to it now. */
  readonly touch: () => void
  /** Calls the one listener at its end and for heartbeats that are due. */
  readonly onWake: Listen
}

/** A subscription to open. */
export interface SubscriptionOptions {
  /** The answer on its way. */
  readonly answer: {
    /** Bytes that the system has not taken yet. */
    readonly writableLength: number
    readonly destroy: () => unknown
  }
  /** Fails when it would be refused by now. */
  readonly mayStay: Effect.Effect<void, SubscriptionEnd>
}

/** A subscription that is open. All times are milliseconds since 1970. */
interface Open extends SubscriptionOptions {
  readonly until: number
  toldAt: number
  checkedAt: number
  recheckedAt: number
  isSlow: boolean
  end: SubscriptionEnd | undefined
  listener: (() => void) | undefined
}

const finish = (one: Open, end: SubscriptionEnd): void => {
  if (one.end !== undefined) return
  one.end = end
  one.listener?.()
}

/**
 * Keeps all open subscriptions alive with one sweep, instead of a fiber and a timer each.
 *
 * - It checks rights at an interval, and as soon as another configuration comes into force.
 * - It wakes a silent stream for a heartbeat.
 * - It cuts a reader that leaves too much unread from one heartbeat to the next. One event can be more than that, so the
 *   reader is given one heartbeat.
 * - It ends an old stream, whose reader then opens another; not all at the same moment.
 */
const make = Effect.fnUntraced(function* (leaving: Effect.Effect<void>) {
  const snapshots = yield* ActiveConfiguration
  const revocations = yield* Revocations
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const all = new Set<Open>()
  let isLeaving = false

  const policy = (): LivePolicy => Context.get(snapshots.now().rules, LivePolicy)
  const isSilent = ({ toldAt }: Open) => now() - toldAt >= Duration.toMillis(policy().heartbeat)

  const recheck = (some: Iterable<Open>) =>
    Effect.forEach(
      some,
      (one) =>
        one.mayStay.pipe(
          Effect.catch((end) => Effect.sync(() => finish(one, end))),
          Effect.catchDefect(logDefect)
        ),
      { concurrency: 16, discard: true }
    )

  const sweep = Effect.gen(function* () {
    const at = now()
    const { heartbeat, recheck: between, unread } = policy()
    const due: Array<Open> = []
    for (const one of all) {
      if (at >= one.until) finish(one, "age")
      if (at - one.checkedAt >= Duration.toMillis(heartbeat)) {
        one.checkedAt = at
        const isSlow = one.answer.writableLength > unread
        if (isSlow && one.isSlow) {
          yield* Metric.update(cut, 1)
          one.answer.destroy()
        }
        one.isSlow = isSlow
      }
      if (isSilent(one)) one.listener?.()
      if (at - one.recheckedAt >= Duration.toMillis(between)) {
        one.recheckedAt = at
        due.push(one)
      }
    }
    // An issuer of tokens that does not answer delays no heartbeat.
    if (due.length > 0) yield* Effect.forkChild(recheck(due))
    yield* Effect.sleep(Duration.times(heartbeat, 1 / 15))
  })
  yield* Effect.forkScoped(Effect.forever(sweep))

  // A right that a configuration, a revocation or the file of keys takes away ends at once.
  const replaced = Stream.callback<void>((queue) => snapshots.follow(() => void Queue.offerUnsafe(queue, undefined)), {
    bufferSize: 1,
    strategy: "sliding"
  })
  yield* Stream.mergeAll([replaced, revocations.changes, (yield* KeyRing).changes], {
    concurrency: "unbounded"
  }).pipe(
    Stream.runForEach(() => recheck(Array.from(all))),
    Effect.forkScoped({ startImmediately: true })
  )

  yield* Effect.forkScoped(
    Effect.andThen(leaving, () => {
      isLeaving = true
      for (const one of all) finish(one, "draining")
      return Effect.void
    })
  )

  return {
    /** Opens a subscription that lasts as long as the scope. */
    subscribe: Effect.fnUntraced(function* (options: SubscriptionOptions) {
      const at = now()
      const one: Open = {
        ...options,
        until: at + policy().stream_minutes * 60_000 * (1 - (yield* Random.next) / 10),
        toldAt: at,
        checkedAt: at,
        // A configuration may have come into force since the caller was let in.
        recheckedAt: Number.NEGATIVE_INFINITY,
        isSlow: false,
        end: isLeaving ? "draining" : undefined,
        listener: undefined
      }
      yield* acquireInScope(
        Effect.sync(() => all.add(one)),
        () => Effect.sync(() => all.delete(one))
      )
      return {
        end: () => one.end,
        isHeartbeatDue: () => isSilent(one),
        touch: () => void (one.toldAt = now()),
        onWake: (listener) => {
          one.listener = listener
          return () => void (one.listener = undefined)
        }
      } satisfies Subscription
    })
  }
})

/** The open subscriptions of this process. */
export class Subscriptions extends Context.Service<Subscriptions, Effect.Success<ReturnType<typeof make>>>()(
  "@cbr/proxy/Subscriptions"
) {
  /** @param leaving succeeds when all subscriptions must end */
  static readonly layer = (leaving: Effect.Effect<void>) => Layer.effect(Subscriptions, make(leaving))
}
