import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Revocations } from "../callers/Revocations.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import type { ProxyError } from "../problems/ProxyError.ts"
import { KeyRing } from "../snapshot/KeyRing.ts"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import { cut } from "./LiveMetrics.ts"
import { scopedResource } from "./ScopedResource.ts"

/** Why a subscription ends: its age, the proxy's drain, another upstream for the backup, or a missing right. */
export type SubscriptionEnd = "age" | "draining" | "moved" | ProxyError

/** What is known of an answer on its way. */
export interface SubscriberResponse {
  /** Bytes that the system has not taken yet. */
  readonly writableLength: number
  readonly destroy: () => unknown
}

/** A subscription to open. */
export interface SubscriptionOptions {
  readonly answer: SubscriberResponse
  /** Fails when it would be refused by now. */
  readonly mayStay: Effect.Effect<void, SubscriptionEnd>
}

/** A caller that reads a stream, or waits for a change. */
export interface Subscription {
  /** Why it ends, once it does. */
  readonly end: () => SubscriptionEnd | undefined
  /** Whether nothing was written to it for one heartbeat. */
  readonly isHeartbeatDue: () => boolean
  /** Notes that something is written to it now. */
  readonly touch: () => void
  /** Sets the listener for its end and for heartbeats that are due; `undefined` removes it. */
  readonly onWake: (listener: (() => void) | undefined) => void
}

/**
 * Keeps all open subscriptions alive with one sweep, instead of a fiber and a timer each.
 *
 * - Rights are checked at an interval, and as soon as another configuration
 *   comes into force.
 * - A silent stream gets a heartbeat.
 * - A reader that leaves too much unread from one heartbeat to the next is cut.
 *   One event can be more than that, so the reader is given one heartbeat.
 * - An old stream is to be opened anew; not all at the same moment.
 */
export class Presence extends Context.Service<
  Presence,
  {
    /** Opens a subscription that lasts as long as the scope. */
    readonly subscribe: (options: SubscriptionOptions) => Effect.Effect<Subscription, never, Scope.Scope>
  }
>()("@cbr/proxy/Presence") {
  /** @param leaving succeeds when all subscriptions must end */
  static readonly layer = (
    leaving: Effect.Effect<void>
  ): Layer.Layer<Presence, never, SnapshotRegistry | Revocations> =>
    Layer.effect(
      Presence,
      Effect.gen(function* () {
        const snapshots = yield* SnapshotRegistry
        const services = yield* Effect.context<never>()
        const clock = yield* Clock.Clock
        const all = new Set<ActiveSubscription>()
        let isLeaving = false
        let replaced = Deferred.makeUnsafe<void>()

        const beat = () => Duration.toMillis(rules().heartbeat)
        const rules = (): LivePolicy => Context.get(Context.merge(services, snapshots.now().rules), LivePolicy)

        const recheck = (some: Iterable<ActiveSubscription>) =>
          Effect.forEach(
            some,
            (one) =>
              one.mayStay.pipe(
                Effect.catch((end) => Effect.sync(() => one.finish(end))),
                Effect.catchDefect((defect) => Effect.logError("a defect of the proxy", Cause.die(defect)))
              ),
            { concurrency: 16, discard: true }
          )

        const sweep = Effect.gen(function* () {
          const now = clock.currentTimeMillisUnsafe()
          const { heartbeat, recheck: between, unread } = rules()
          const due: Array<ActiveSubscription> = []
          for (const one of all) {
            if (now >= one.until) one.finish("age")
            if (now - one.checkedAt >= Duration.toMillis(heartbeat)) {
              one.checkedAt = now
              const isSlow = one.answer.writableLength > unread
              if (isSlow && one.isSlow) {
                yield* Metric.update(cut, 1)
                one.answer.destroy()
              }
              one.isSlow = isSlow
            }
            if (now - one.toldAt >= Duration.toMillis(heartbeat)) one.wake()
            if (now - one.recheckedAt >= Duration.toMillis(between)) {
              one.recheckedAt = now
              due.push(one)
            }
          }
          // An issuer of tokens that does not answer delays no heartbeat.
          if (due.length > 0) yield* Effect.forkChild(recheck(due))
          yield* Effect.sleep(Duration.times(heartbeat, 1 / 15))
        })
        yield* Effect.forkScoped(Effect.forever(sweep))

        yield* snapshots.follow(() => {
          Deferred.doneUnsafe(replaced, Effect.void)
          replaced = Deferred.makeUnsafe()
        })
        yield* Effect.forkScoped(
          Effect.forever(
            Effect.suspend(() => {
              const next = Deferred.await(replaced)
              return Effect.andThen(recheck(Array.from(all)), next)
            })
          )
        )

        // What is revoked, or taken out of the file of keys, leaves at once.
        const revocations = yield* Revocations
        const ring = yield* KeyRing
        yield* Effect.forkScoped(
          Stream.runForEach(Stream.merge(revocations.changes, ring?.changes ?? Stream.empty), () =>
            recheck(Array.from(all))
          ),
          { startImmediately: true }
        )

        yield* Effect.forkScoped(
          Effect.andThen(leaving, () => {
            isLeaving = true
            for (const one of all) one.finish("draining")
            return Effect.void
          })
        )

        return Presence.of({
          subscribe: (options) =>
            Effect.flatMap(Random.next, (chance) =>
              scopedResource(
                Effect.sync(() => {
                  const lifetime = rules().stream_minutes * 60_000 * (1 - chance / 10)
                  const one = new ActiveSubscription(options, clock, lifetime, beat)
                  if (isLeaving) one.finish("draining")
                  all.add(one)
                  return one
                }),
                (one) => Effect.sync(() => all.delete(one))
              )
            )
        })
      })
    )
}

class ActiveSubscription implements Subscription {
  readonly answer: SubscriberResponse
  readonly mayStay: SubscriptionOptions["mayStay"]
  readonly #clock: Clock.Clock
  readonly #beat: () => number
  /** All of these are milliseconds since 1970. */
  readonly until: number
  toldAt: number
  checkedAt: number
  recheckedAt: number
  isSlow = false
  #end: SubscriptionEnd | undefined
  #listener: (() => void) | undefined

  constructor({ answer, mayStay }: SubscriptionOptions, clock: Clock.Clock, lifetime: number, beat: () => number) {
    const now = clock.currentTimeMillisUnsafe()
    this.answer = answer
    this.mayStay = mayStay
    this.#clock = clock
    this.#beat = beat
    this.until = now + lifetime
    this.toldAt = now
    this.checkedAt = now
    // A configuration may have come into force since the caller was let in.
    this.recheckedAt = Number.NEGATIVE_INFINITY
  }

  finish(end: SubscriptionEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.wake()
  }

  wake(): void {
    this.#listener?.()
  }

  end(): SubscriptionEnd | undefined {
    return this.#end
  }

  isHeartbeatDue(): boolean {
    return this.#clock.currentTimeMillisUnsafe() - this.toldAt >= this.#beat()
  }

  touch(): void {
    this.toldAt = this.#clock.currentTimeMillisUnsafe()
  }

  onWake(listener: (() => void) | undefined): void {
    this.#listener = listener
  }
}
