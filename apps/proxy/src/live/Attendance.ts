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
import { LiveRules } from "../policy/LiveRules.ts"
import type { Refusal } from "../problems/Refusal.ts"
import { KeyRing } from "../snapshot/KeyRing.ts"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import { kept } from "./Kept.ts"
import { cut } from "./LiveMetrics.ts"

/** Why one who stays has to go: it has stayed long enough, the proxy stops, the backup comes from elsewhere, or it has no right to more. */
export type End = "age" | "draining" | "moved" | Refusal

/** What is known of an answer on its way. */
export interface Answer {
  /** Bytes that the system has not taken yet. */
  readonly writableLength: number
  readonly destroy: () => unknown
}

/** Who is to stay. */
export interface StayOptions {
  readonly answer: Answer
  /** Fails when it would be refused by now. */
  readonly mayStay: Effect.Effect<void, End>
}

/** One who reads a stream, or waits for a change. */
export interface Stay {
  /** Why it has to go, once it has. */
  readonly end: () => End | undefined
  /** Whether it has been told nothing for a beat. */
  readonly isBeatDue: () => boolean
  /** Notes that it is told something now. */
  readonly told: () => void
  /** Has this called when there is an end, or a beat is due; `undefined` for nothing any more. */
  readonly onCall: (listener: (() => void) | undefined) => void
}

/**
 * Looks after all who stay, and so that each of them costs as little as can
 * be: there are no fibres and no timers but those of all together.
 *
 * - Rights are looked at once in a while, and at once when another
 *   configuration comes into force.
 * - Who has been told nothing for a beat is to be told that the stream lives.
 * - Who leaves too much unread from one beat to the next is cut. One event can
 *   be more than that, so it is given a beat.
 * - Who has stayed for long is to come anew; not all at the same moment.
 */
export class Attendance extends Context.Service<
  Attendance,
  {
    /** Looks after one as long as the scope lasts. */
    readonly stay: (options: StayOptions) => Effect.Effect<Stay, never, Scope.Scope>
  }
>()("@cbr/proxy/Attendance") {
  /** @param leaving succeeds when all have to go */
  static readonly layer = (leaving: Effect.Effect<void>): Layer.Layer<Attendance, never, SnapshotRegistry> =>
    Layer.effect(
      Attendance,
      Effect.gen(function* () {
        const generations = yield* SnapshotRegistry
        const services = yield* Effect.context<never>()
        const clock = yield* Clock.Clock
        const all = new Set<Attended>()
        let isLeaving = false
        let replaced = Deferred.makeUnsafe<void>()

        const beat = () => Duration.toMillis(rules().beat)
        const rules = (): LiveRules => Context.get(Context.merge(services, generations.now().rules), LiveRules)

        const recheck = (some: Iterable<Attended>) =>
          Effect.forEach(
            some,
            (one) =>
              one.mayStay.pipe(
                Effect.catch((end) => Effect.sync(() => one.finish(end))),
                Effect.catchDefect((defect) => Effect.logError("a defect of the proxy", Cause.die(defect)))
              ),
            { concurrency: 16, discard: true }
          )

        const round = Effect.gen(function* () {
          const now = clock.currentTimeMillisUnsafe()
          const { beat, recheck: between, unread } = rules()
          const due: Array<Attended> = []
          for (const one of all) {
            if (now >= one.until) one.finish("age")
            if (now - one.checkedAt >= Duration.toMillis(beat)) {
              one.checkedAt = now
              const isSlow = one.answer.writableLength > unread
              if (isSlow && one.isSlow) {
                yield* Metric.update(cut, 1)
                one.answer.destroy()
              }
              one.isSlow = isSlow
            }
            if (now - one.toldAt >= Duration.toMillis(beat)) one.call()
            if (now - one.recheckedAt >= Duration.toMillis(between)) {
              one.recheckedAt = now
              due.push(one)
            }
          }
          // An issuer of tokens that does not answer holds up nobody's signs of life.
          if (due.length > 0) yield* Effect.forkChild(recheck(due))
          yield* Effect.sleep(Duration.times(beat, 1 / 15))
        })
        yield* Effect.forkScoped(Effect.forever(round))

        yield* generations.follow(() => {
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

        return Attendance.of({
          stay: (options) =>
            Effect.flatMap(Random.next, (chance) =>
              kept(
                Effect.sync(() => {
                  const lifetime = rules().stream_minutes * 60_000 * (1 - chance / 10)
                  const one = new Attended(options, clock, lifetime, beat)
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

class Attended implements Stay {
  readonly answer: Answer
  readonly mayStay: StayOptions["mayStay"]
  readonly #clock: Clock.Clock
  readonly #beat: () => number
  /** All of these are milliseconds since 1970. */
  readonly until: number
  toldAt: number
  checkedAt: number
  recheckedAt: number
  isSlow = false
  #end: End | undefined
  #listener: (() => void) | undefined

  constructor({ answer, mayStay }: StayOptions, clock: Clock.Clock, lifetime: number, beat: () => number) {
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

  finish(end: End): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.call()
  }

  call(): void {
    this.#listener?.()
  }

  end(): End | undefined {
    return this.#end
  }

  isBeatDue(): boolean {
    return this.#clock.currentTimeMillisUnsafe() - this.toldAt >= this.#beat()
  }

  told(): void {
    this.toldAt = this.#clock.currentTimeMillisUnsafe()
  }

  onCall(listener: (() => void) | undefined): void {
    this.#listener = listener
  }
}
