import { idForms, isShowBackupRequest, type ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CachedBackups, type Hit } from "../cache/CachedBackups.ts"
import type { RequestDirectives } from "../cache/RequestDirectives.ts"
import type { Shown } from "../cache/Shown.ts"
import { type QuotaLimits, Quotas, type RateLimitFields } from "../callers/Quotas.ts"
import { type Denial, note } from "../observability/ExchangeRecord.ts"
import type { CachePolicy } from "../policy/CachePolicy.ts"
import { Refusal } from "../problems/Refusal.ts"
import type { Caller, Scope } from "../rights/Caller.ts"
import { authorize, unfitness } from "../rights/Policy.ts"
import { type Upstream, Upstreams } from "../upstream/Upstreams.ts"

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
 * cache, then the cloud. Who has no right has no part in what comes behind the
 * quota, so a denial tells nothing of what is cached or exists.
 */
export class Gateway extends Context.Service<
  Gateway,
  {
    /**
     * Shows a backup to a caller with all of these scopes for its project: first what is left of the quota, and then,
     * however long that takes, the backup.
     */
    readonly show: (
      visitor: Visitor,
      request: ShowBackupRequest,
      scopes: ReadonlyArray<Scope>,
      terms: ShowTerms
    ) => Effect.Effect<
      { readonly rateLimit: RateLimitFields | undefined; readonly shown: Effect.Effect<Shown> },
      Refusal
    >
    /** Lets in a caller with all of these scopes for a project, and takes one request of its quota. */
    readonly admit: (
      visitor: Visitor,
      project_id: string,
      scopes: ReadonlyArray<Scope>
    ) => Effect.Effect<{ readonly rateLimit: RateLimitFields | undefined }, Refusal>
    /**
     * Takes one request of the quota of a caller who asks for no project's backup. What comes with a key that has
     * expired, or from a wrong address, is paid for by the address, whatever it asks for: whoever has found a key takes
     * nothing from the caller that the key is of.
     */
    readonly charge: (visitor: Visitor) => Effect.Effect<RateLimitFields | undefined, Refusal>
    /** Turns a caller away, who pays for it as for any other request. */
    readonly deny: (visitor: Visitor, denial: Denial) => Effect.Effect<never, Refusal>
    /** Whether a caller has a scope for a project. Asking is no attempt, so a denial goes into no log. */
    readonly allows: (visitor: Visitor, project_id: string, scope: Scope, now: DateTime.Utc) => boolean
    /**
     * The hit that `show` would answer a caller with the scope `read` with at
     * this moment, without waiting for anything. `undefined` when there is
     * none, or the caller may not see it: then `show` has the answer. Counts
     * nothing; `takeNow` does.
     */
    readonly hit: (
      visitor: Visitor,
      request: ShowBackupRequest,
      directives: RequestDirectives,
      now: DateTime.Utc,
      rules: CachePolicy
    ) => Hit | undefined
    /** Takes a hit from its caller's quota; `Ask`, and nothing taken, when only `show` can tell. */
    readonly takeNow: (caller: Caller, limits: QuotaLimits, now: DateTime.Utc) => RateLimitFields | "Ask"
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

      /** By the caller's rights alone. */
      const judge = (
        { address, caller }: Visitor,
        project_id: string,
        scopes: ReadonlyArray<Scope>,
        now: DateTime.Utc
      ): Admission => {
        const upstream = upstreams.of(project_id)
        const decide = (scope: Scope) =>
          authorize(caller, { project_id, region: upstream?.region, scope, now, address })
        for (const scope of scopes) {
          const decision = decide(scope)
          if (decision._tag === "Denied") return { denial: { reason: decision.reason, scope, project_id } }
        }
        if (upstream === undefined) return { denial: { reason: "Project", scope: scopes[0], project_id } }
        return { upstream, mayBypass: decide("bypass")._tag === "Allowed" }
      }

      const charge = Effect.fnUntraced(function* ({ address, caller }: Visitor) {
        const isUnfit = unfitness(caller, { address, now: yield* DateTime.now }) !== undefined
        return yield* isUnfit ? Effect.as(quotas.takeFailedSignIn(address), undefined) : quotas.takeFromCaller(caller)
      })

      /** A denial costs what a right request costs, so that nobody fills the log with them. */
      const deny = (visitor: Visitor, denial: Denial) => Effect.andThen(charge(visitor), denied(denial))

      const admit = Effect.fnUntraced(function* (visitor: Visitor, project_id: string, scopes: ReadonlyArray<Scope>) {
        const admission = judge(visitor, project_id, scopes, yield* DateTime.now)
        if (admission.denial !== undefined) return yield* deny(visitor, admission.denial)
        return { ...admission, rateLimit: yield* quotas.takeFromCaller(visitor.caller) }
      })

      return Gateway.of({
        admit,
        charge,
        deny,
        allows: ({ address, caller }, project_id, scope, now) => {
          const region = upstreams.of(project_id)?.region
          return (
            region !== undefined && authorize(caller, { project_id, region, scope, now, address })._tag === "Allowed"
          )
        },
        show: Effect.fnUntraced(function* (visitor, request, scopes, terms) {
          const { mayBypass, rateLimit, upstream } = yield* admit(visitor, request.project_id, scopes)
          const ask = {
            ...terms,
            request,
            upstream,
            caller_id: visitor.caller.id,
            quota_class: visitor.caller.quota_class,
            mayBypass
          }
          return { rateLimit, shown: backups.show(ask) }
        }),
        hit: (visitor, request, directives, now, rules) => {
          const admission = judge(visitor, request.project_id, onlyRead, now)
          if (admission.denial !== undefined) return undefined
          return backups.hit({ ...admission, request, directives }, now.epochMilliseconds, rules)
        },
        takeNow: (caller, limits, now) => quotas.takeFromCallerNow(caller, limits, now.epochMilliseconds),
        purge: Effect.fnUntraced(function* (visitor, request) {
          const { upstream }: { readonly upstream: Upstream } = yield* admit(visitor, request.project_id, ["purge"])
          yield* wellFormed(request)
          yield* backups.purge(upstream, request)
        })
      })
    })
  )
}

/** Whether a caller is let through, and to where. */
type Admission =
  | { readonly denial?: never; readonly upstream: Upstream; readonly mayBypass: boolean }
  | { readonly denial: Denial }

const onlyRead: ReadonlyArray<Scope> = ["read"]

/** Fails for an id that no backup has; where nothing is asked of the cloud, the client does not look at it. */
export const wellFormed = (request: ShowBackupRequest): Effect.Effect<void, Refusal> =>
  isShowBackupRequest(request) ? Effect.void : Effect.fail(wrongId)

const wrongId = new Refusal({ reason: "BadRequest", message: `the path does not hold ${idForms.backup_id.en}` })

/** One answer for every denial: it says nothing of why, nor of what there is. The operator reads why in the log. */
const denied = (denial: Denial): Effect.Effect<never, Refusal> =>
  Effect.andThen(
    note(({ denials }) => void denials.push(denial)),
    Effect.fail(forbidden)
  )

const forbidden = new Refusal({ reason: "Forbidden", message: "this caller may not do this in this project" })
