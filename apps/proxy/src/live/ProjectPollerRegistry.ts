import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import { SnapshotRegistry } from "../snapshot/SnapshotRegistry.ts"
import type { LatestValue } from "./LatestValue.ts"
import { counted, projectPollers } from "./LiveMetrics.ts"
import { ProjectEvents } from "./ProjectEvents.ts"
import type { ProjectInventory } from "./ProjectInventory.ts"
import { ProjectPages } from "./ProjectPages.ts"
import { ProjectPoller, type ProjectState } from "./ProjectPoller.ts"

/** What its poller knows of a watched project. */
export interface WatchedProjectState {
  /** How its list stands; at first `unlisted`. */
  readonly state: LatestValue<ProjectState>
  readonly events: ProjectEvents
  /** When the service gave the newest page of the list, in milliseconds since 1970. */
  readonly readAt: number
  /** Its backups, as far as the list has been read. */
  readonly inventory: Pick<ProjectInventory, "backups" | "size">
}

/** A project that is watched; equal for all subscribers of the same project from the same upstream. */
class WatchedProject implements Equal.Equal {
  readonly project_id: string
  /** Where its backups come from. */
  readonly place: string
  /** The caller in whose turn the cloud is asked: the first subscriber. */
  readonly caller_id: string

  constructor(project_id: string, place: string, caller_id: string) {
    this.project_id = project_id
    this.place = place
    this.caller_id = caller_id
  }

  [Equal.symbol](that: unknown): boolean {
    return that instanceof WatchedProject && that.place === this.place
  }

  [Hash.symbol](): number {
    return Hash.string(this.place)
  }
}

/** How long a project is still polled after its last subscriber has left, so that a reader that reconnects misses nothing. */
const idleTime = Duration.minutes(1)

/**
 * Projects that are watched. Each is followed by one poller however many watch it, from when the first comes until a
 * minute after the last has left. Like `PollerRegistry`, it knows nothing of rights.
 */
export class ProjectPollerRegistry extends Context.Service<
  ProjectPollerRegistry,
  {
    /** The project, followed as long as the scope lasts, at the upstream that it has at the moment. */
    readonly of: (project_id: string, caller_id: string) => Effect.Effect<WatchedProjectState, never, Scope.Scope>
    /** Tells apart the upstreams that a project may have: another after a reload means that it is watched elsewhere. */
    readonly placeOf: (project_id: string) => string
  }
>()("@cbr/proxy/ProjectPollerRegistry") {
  static readonly layer: Layer.Layer<ProjectPollerRegistry, never, SnapshotRegistry | ProjectPages> = Layer.effect(
    ProjectPollerRegistry,
    Effect.gen(function* () {
      const snapshots = yield* SnapshotRegistry
      const pages = yield* ProjectPages
      const placeOf = (project_id: string) => pages.placeOf(project_id) ?? `${project_id} is not served`
      // A poller outlives the request that began it, so it has nothing of that request's context.
      const own = yield* Effect.context<never>()

      const registry = yield* RcMap.make({
        idleTimeToLive: idleTime,
        lookup: Effect.fnUntraced(function* ({ caller_id, place, project_id }: WatchedProject) {
          const log = Math.floor((yield* Random.next) * 2 ** 40).toString(36)
          const poller = new ProjectPoller(project_id, new ProjectEvents(log), pages.of(project_id, caller_id))
          // Its readers are sent to where the project is by now.
          const hasMoved = () => placeOf(project_id) !== place
          const round = Effect.suspend(() => (hasMoved() ? Effect.never : poller.round)).pipe(
            Effect.tap(() => pages.gone(place, poller.takeGone())),
            Effect.catchDefect((defect) =>
              Effect.as(Effect.logError("a defect of the proxy", Cause.die(defect)), afterDefect)
            )
          )
          const poll: Effect.Effect<never> = snapshots.current.pipe(
            Effect.flatMap(({ rules }) =>
              Effect.updateContext(round, (context: Context.Context<never>) => Context.merge(context, rules))
            ),
            Effect.flatMap(Effect.sleep),
            Effect.forever
          )
          const stop = pages.follow(place, poller)
          yield* Effect.addFinalizer(() => Effect.sync(stop))
          yield* counted(projectPollers)
          yield* Effect.forkScoped(Effect.updateContext(poll, (_: Context.Context<never>) => own))
          return poller
        })
      })
      return ProjectPollerRegistry.of({
        placeOf,
        of: (project_id, caller_id) =>
          Effect.suspend(() => RcMap.get(registry, new WatchedProject(project_id, placeOf(project_id), caller_id)))
      })
    })
  )
}

const afterDefect = Duration.seconds(30)
