import type { ShowBackupRequest } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { CachedBackups, keyOf } from "../cache/CachedBackups.ts"
import { none } from "../cache/RequestDirectives.ts"
import type { Shown } from "../cache/Shown.ts"
import { TimeLimits } from "../cache/TimeLimit.ts"
import { Refusal } from "../edge/Refusal.ts"
import { Generations } from "../Generations.ts"
import { Upstreams } from "../upstream/Upstreams.ts"
import { counted, pollers } from "./LiveMetrics.ts"
import { LiveRules } from "./LiveRules.ts"
import { oldestOf, waitAfter } from "./LookPace.ts"
import { makeNewest, type Newest } from "./Newest.ts"
import { after, type Standing, unseen } from "./Standing.ts"

/** A backup that somebody watches; equal for all who watch the same. */
class Watched implements Equal.Equal {
  readonly request: ShowBackupRequest
  /** In whose turn the cloud is asked: the first who came. */
  readonly caller_id: string

  constructor({ backup_id, project_id }: ShowBackupRequest, caller_id: string) {
    this.request = { project_id, backup_id: backup_id.toLowerCase() }
    this.caller_id = caller_id
  }

  [Equal.symbol](that: unknown): boolean {
    return (
      that instanceof Watched &&
      that.request.backup_id === this.request.backup_id &&
      that.request.project_id === this.request.project_id
    )
  }

  [Hash.symbol](): number {
    return Hash.string(this.request.backup_id)
  }
}

/**
 * Backups that are watched. Each is looked at by one poller however many watch
 * it, from when the first comes until the last has left. Like `CachedBackups`,
 * it knows nothing of rights.
 *
 * A look asks the cache for an answer that is younger than the interval. So it
 * renews the cache for everybody, and knows at once what others renew; and where replicas share a cache, whichever
 * looks first asks the cloud, the others find its answer, and nobody needs to
 * be elected.
 */
export class Watches extends Context.Service<
  Watches,
  {
    /** How the backup stands, kept up as long as the scope lasts; at first `unseen`. */
    readonly of: (request: ShowBackupRequest, caller_id: string) => Effect.Effect<Newest<Standing>, never, Scope.Scope>
  }
>()("@cbr/proxy/Watches") {
  static readonly layer: Layer.Layer<Watches, never, CachedBackups | Generations | Upstreams> = Layer.effect(
    Watches,
    Effect.gen(function* () {
      const backups = yield* CachedBackups
      const generations = yield* Generations
      const upstreams = yield* Upstreams
      /** Pollers that wait for their next look, by what the cache finds their backup by. */
      const waiting = new Map<string, () => void>()
      backups.store.onPut((key) => waiting.get(key)?.())
      /** Ends when somebody else has looked, so that the cache has another entry. */
      const othersLook = ({ project_id, backup_id }: ShowBackupRequest) =>
        Effect.callback<void>((resume) => {
          const upstream = upstreams.of(project_id)
          if (upstream === undefined) return undefined
          const key = keyOf(upstream, { project_id, backup_id })
          waiting.set(key, () => resume(Effect.void))
          return Effect.sync(() => waiting.delete(key))
        })
      // A poller outlives the request that began it, so it has nothing of that request's context.
      const own = yield* Effect.context<never>()

      const look = Effect.fnUntraced(function* ({ caller_id, request }: Watched, standing: Standing) {
        const now = yield* Clock.currentTimeMillis
        const { unlessGiven } = yield* TimeLimits
        const upstream = upstreams.of(request.project_id)
        if (upstream === undefined) return { outcome: Result.fail(notServed), at: now }
        const directives = { ...none, maxAge: oldestOf(standing, yield* LiveRules) }
        return yield* backups
          .show({ request, upstream, caller_id, directives, mayBypass: false, deadline: now + unlessGiven })
          .pipe(
            Effect.catchDefect((defect) =>
              Effect.as(Effect.logError("a defect of the proxy", Cause.die(defect)), {
                outcome: Result.fail(internalError),
                at: now
              })
            )
          )
      })

      /** Looks once, and tells how long to wait before the next look. */
      const round = Effect.fnUntraced(function* (watched: Watched, newest: Newest<Standing>) {
        const { at, outcome }: Pick<Shown, "at" | "outcome"> = yield* look(watched, newest.current())
        const standing = after(newest.current(), outcome)
        yield* newest.put(standing)
        const age = Duration.millis(Result.isSuccess(outcome) ? Math.max(0, at - outcome.success.at) : 0)
        return waitAfter(standing, age, yield* Random.next, yield* LiveRules)
      })

      const poll = (watched: Watched, newest: Newest<Standing>): Effect.Effect<never> =>
        generations.current.pipe(
          Effect.flatMap(({ rules }) =>
            Effect.updateContext(round(watched, newest), (context: Context.Context<never>) =>
              Context.merge(context, rules)
            )
          ),
          Effect.flatMap((wait) => Effect.raceFirst(Effect.sleep(wait), othersLook(watched.request))),
          Effect.forever
        )

      const watches = yield* RcMap.make({
        lookup: Effect.fnUntraced(function* (watched: Watched) {
          const newest = makeNewest(unseen)
          yield* counted(pollers)
          yield* Effect.forkScoped(Effect.updateContext(poll(watched, newest), (_: Context.Context<never>) => own))
          return newest
        })
      })
      return Watches.of({ of: (request, caller_id) => RcMap.get(watches, new Watched(request, caller_id)) })
    })
  )
}

const notServed = new Refusal({ reason: "Forbidden", message: "this project is served no more" })
const internalError = new Refusal({ reason: "InternalError", message: "the proxy failed at looking at this backup" })
