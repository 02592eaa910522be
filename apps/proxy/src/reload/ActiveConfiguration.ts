import type { ShowBackupError } from "@cbr/client"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import { Authenticator } from "../callers/Authenticator.ts"
import * as Metrics from "../observability/Metrics.ts"
import { measured } from "../upstream/CallTiming.ts"
import { makeKeyedResources, KeyedResources } from "../upstream/KeyedResources.ts"
import { type Upstream, Upstreams } from "../upstream/Upstreams.ts"
import type { ConfigSnapshot } from "./ConfigSnapshot.ts"
import { ProjectDirectory, projectsOf } from "./ProjectDirectory.ts"

/** The snapshot in force, and how it gives way to the next. */
export class ActiveConfiguration extends Context.Service<
  ActiveConfiguration,
  {
    readonly current: Effect.Effect<ConfigSnapshot>
    /** The same without an Effect. */
    readonly now: () => ConfigSnapshot
    /**
     * Makes a snapshot and puts it in force; if it cannot be made, the old
     * one stays. The old one carries on for a minute what was begun under it,
     * and ends after that with the last call.
     */
    readonly replace: <E, R>(
      make: Effect.Effect<ConfigSnapshot, E, R>
    ) => Effect.Effect<void, E, Exclude<R, Scope.Scope>>
    /** Calls with the snapshot in force, and with each that takes its place, in the same step, while the scope lives. */
    readonly follow: (follower: (snapshot: ConfigSnapshot) => void) => Effect.Effect<void, never, Scope.Scope>
  }
>()("@cbr/proxy/ActiveConfiguration") {
  /** The first snapshot, and behind it whichever is in force: its callers, its projects and its upstreams. */
  static readonly layer = <E, R>(
    first: Effect.Effect<ConfigSnapshot, E, R>
  ): Layer.Layer<ActiveConfiguration | Authenticator | Upstreams, E, Exclude<R, Scope.Scope>> =>
    Layer.effectContext(
      Effect.gen(function* () {
        const lifetime = yield* Effect.scope
        const registry = yield* makeKeyedResources
        let generations = 0
        const build = Effect.fnUntraced(function* <E, R>(make: Effect.Effect<ConfigSnapshot, E, R>) {
          const id = `snapshot ${++generations}`
          const scope = yield* Scope.fork(lifetime)
          const made = registry.get(id, Effect.provideService(make, KeyedResources, registry))
          const snapshot = yield* Scope.provide(made, scope).pipe(
            Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
          )
          yield* Metric.update(Metrics.configurationLoads, 1)
          const keep = registry.get(id, Effect.succeed(snapshot))
          return { snapshot, scope, keep, kept: new WeakMap<Upstream, Upstream>() }
        })
        let inForce = yield* build(first)

        const followers = new Set<(snapshot: ConfigSnapshot) => void>()
        const follow: ActiveConfiguration["Service"]["follow"] = (follower) =>
          Effect.acquireRelease(
            Effect.sync(() => {
              follower(inForce.snapshot)
              followers.add(follower)
            }),
            () => Effect.sync(() => followers.delete(follower))
          )

        /** A request that waits for its turn to call has begun no call yet, and is not left without a credential. */
        const retire = ({ scope }: typeof inForce) =>
          Effect.forkIn(Effect.andThen(Effect.sleep(longestWait), Scope.close(scope, Exit.void)), lifetime)

        /** Judges by the snapshot that is in force when the caller is known: to find out may take a while. */
        const authenticate: Authenticator["Service"]["authenticate"] = (presented, now) => {
          const { callers } = inForce.snapshot
          return Effect.flatMapEager(callers.authenticate(presented, now), (caller) =>
            inForce.snapshot.callers === callers ? Effect.succeed(caller) : authenticate(presented, now)
          )
        }

        const replace: ActiveConfiguration["Service"]["replace"] = (make) =>
          Effect.uninterruptible(
            Effect.flatMap(build(make), (next) => {
              const previous = inForce
              inForce = next
              for (const follower of followers) follower(next.snapshot)
              return retire(previous)
            })
          )

        /** The same upstream, which keeps its snapshot alive while it is called; made once for each. */
        const keeping = (entry: typeof inForce, upstream: Upstream): Upstream => {
          const known = entry.kept.get(upstream)
          if (known !== undefined) return known
          const { credential_id, listBackups, region, showBackup } = upstream
          const calling = <A>(call: Effect.Effect<A, ShowBackupError>) =>
            Effect.scoped(Effect.andThen(entry.keep, measured(region, call)))
          const kept: Upstream = {
            region,
            credential_id,
            showBackup: (request) => calling(showBackup(request)),
            listBackups: (request) => calling(listBackups(request))
          }
          entry.kept.set(upstream, kept)
          return kept
        }

        return Context.make(
          ActiveConfiguration,
          ActiveConfiguration.of({
            current: Effect.sync(() => inForce.snapshot),
            now: () => inForce.snapshot,
            replace,
            follow
          })
        ).pipe(
          Context.add(Authenticator, Authenticator.of({ authenticate })),
          Context.add(ProjectDirectory, { all: Effect.sync(() => projectsOf(inForce.snapshot.configuration)) }),
          Context.add(
            Upstreams,
            Upstreams.of({
              of: (project_id) => {
                const entry = inForce
                const upstream = entry.snapshot.upstreams.of(project_id)
                return upstream === undefined ? undefined : keeping(entry, upstream)
              }
            })
          )
        )
      })
    )
}

/** The longest that a configuration lets a request wait for its turn, or for its answer. */
const longestWait = Duration.minutes(1)
