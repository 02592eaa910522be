import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Metric from "effect/Metric"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import { Keyed } from "../upstream/Registry.ts"
import { counted } from "./LiveMetrics.ts"

/** What is watched. */
export interface Watched<Subject> {
  readonly subject: Subject
  /** Where it comes from, and what it is. */
  readonly place: string
  /** The caller in whose turn the cloud is asked: the first subscriber. */
  readonly caller_id: string
}

/** One poller. */
export interface Poller<A> {
  /** What it knows, for its subscribers. */
  readonly known: A
  /** Does all that is due, by the rules in force, and tells how long to wait before the next round. */
  readonly round: Effect.Effect<Duration.Duration>
  /** Ends a wait early. */
  readonly woken?: Effect.Effect<void>
}

/** Which pollers there are. */
export interface PollersOptions<Subject, A> {
  /** Shows how many there are. */
  readonly gauge: Metric.Gauge<number>
  /** How long a poller outlives its last subscriber. */
  readonly idleTimeToLive?: Duration.Duration
  /** Tells apart the upstreams that a subject may have: another after a reload means that it is watched elsewhere. */
  readonly placeOf: (subject: Subject) => string
  readonly make: (watched: Watched<Subject>) => Effect.Effect<Poller<A>, never, Scope.Scope>
}

/** One poller for each subject that is watched, however many subscribers it has. Like `BackupCache`, it knows nothing of rights. */
export const makePollers = Effect.fnUntraced(function* <Subject, A>({
  gauge,
  idleTimeToLive = Duration.zero,
  make,
  placeOf
}: PollersOptions<Subject, A>) {
  const snapshots = yield* SnapshotRegistry
  // A poller outlives the request that began it, so it has nothing of that request's context.
  const own = yield* Effect.context<never>()
  const pollers = yield* RcMap.make({
    idleTimeToLive,
    lookup: Effect.fnUntraced(function* ({ value: watched }: Keyed<Watched<Subject>>) {
      const { known, round, woken = Effect.never } = yield* make(watched)
      const poll = snapshots.current.pipe(
        Effect.flatMap(({ rules }) =>
          Effect.updateContext(round, (context: Context.Context<never>) => Context.merge(context, rules))
        ),
        Effect.flatMap((wait) => Effect.raceFirst(Effect.sleep(wait), woken)),
        Effect.forever
      )
      yield* counted(gauge)
      yield* Effect.forkScoped(Effect.updateContext(poll, (_: Context.Context<never>) => own))
      return known
    })
  })
  return {
    placeOf,
    /** What is known of a subject, kept up as long as the scope lasts, at the upstream that it has at the moment. */
    of: (subject: Subject, caller_id: string): Effect.Effect<A, never, Scope.Scope> =>
      Effect.suspend(() => {
        const place = placeOf(subject)
        return RcMap.get(pollers, new Keyed(place, { subject, place, caller_id }))
      })
  }
})
