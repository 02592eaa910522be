import type { ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CachedBackups } from "./cache/CachedBackups.ts"
import type { RequestDirectives } from "./cache/RequestDirectives.ts"
import type { Shown } from "./cache/Shown.ts"
import type { Caller, Scope } from "./callers/Caller.ts"
import { authorize } from "./callers/Policy.ts"
import { Quotas, type RateLimitFields } from "./callers/Quotas.ts"
import { Refusal } from "./edge/Refusal.ts"
import { type Denial, note } from "./observability/ExchangeRecord.ts"
import { type Upstream, Upstreams } from "./upstream/Upstreams.ts"

/** Who asks, and on what terms. */
export interface Visitor {
  readonly caller: Caller
  /** The peer's address, as the socket knows it. */
  readonly address: string | undefined
}

/** What a caller says beside which backup. */
export interface ShowTerms {
  readonly directives: RequestDirectives
  /** Until when the caller waits, in milliseconds since 1970. */
  readonly deadline: number
}

/**
 * The one way to a backup: rights first, then the caller's quota, then the
 * cache, then the cloud. Whoever is turned away at one step has had no part in
 * the next, so a denial tells nothing of what is cached or exists.
 */
export class Gateway extends Context.Service<
  Gateway,
  {
    /** Shows a backup to a caller with all of these scopes for its project. */
    readonly show: (
      visitor: Visitor,
      request: ShowBackupRequest,
      scopes: ReadonlyArray<Scope>,
      terms: ShowTerms
    ) => Effect.Effect<{ readonly shown: Shown; readonly rateLimit: RateLimitFields | undefined }, Refusal>
    /** Has the cache forget a backup, for a caller with the scope `purge`. */
    readonly purge: (visitor: Visitor, request: ShowBackupRequest) => Effect.Effect<void, Refusal>
  }
>()("@cbr/proxy/Gateway") {
  static readonly layer: Layer.Layer<Gateway, never, CachedBackups | Quotas | Upstreams> = Layer.effect(
    Gateway,
    Effect.gen(function* () {
      const backups = yield* CachedBackups
      const quotas = yield* Quotas
      const upstreams = yield* Upstreams

      const admit = Effect.fnUntraced(function* (
        { address, caller }: Visitor,
        project_id: string,
        scopes: ReadonlyArray<Scope>
      ) {
        const now = yield* DateTime.now
        const upstream = upstreams.of(project_id)
        const decide = (scope: Scope) =>
          authorize(caller, { project_id, region: upstream?.region, scope, now, address })
        for (const scope of scopes) {
          const decision = decide(scope)
          if (decision._tag === "Denied") return yield* denied({ reason: decision.reason, scope, project_id })
        }
        if (upstream === undefined) return yield* denied({ reason: "Project", scope: scopes[0], project_id })
        const rateLimit = yield* quotas.takeFromCaller(caller)
        return { upstream, rateLimit, mayBypass: decide("bypass")._tag === "Allowed" }
      })

      return Gateway.of({
        show: Effect.fnUntraced(function* (visitor, request, scopes, terms) {
          const { mayBypass, rateLimit, upstream } = yield* admit(visitor, request.project_id, scopes)
          const ask = { ...terms, request, upstream, caller_id: visitor.caller.id, mayBypass }
          return { shown: yield* backups.show(ask), rateLimit }
        }),
        purge: Effect.fnUntraced(function* (visitor, request) {
          const { upstream }: { readonly upstream: Upstream } = yield* admit(visitor, request.project_id, ["purge"])
          yield* backups.purge(upstream, request)
        })
      })
    })
  )
}

/** One answer for every denial: it says nothing of why, nor of what there is. The operator reads why in the log. */
export const denied = (denial: Denial): Effect.Effect<never, Refusal> =>
  Effect.andThen(
    note(({ denials }) => void denials.push(denial)),
    Effect.fail(forbidden)
  )

const forbidden = new Refusal({ reason: "Forbidden", message: "this caller may not do this in this project" })
