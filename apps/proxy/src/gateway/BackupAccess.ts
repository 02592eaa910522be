import { idForms, isShowBackupRequest, type ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type CacheLookup, BackupCache } from "../cache/BackupCache.ts"
import type { CacheControl } from "../cache/CacheControl.ts"
import type { CachedRequest } from "../cache/CacheKey.ts"
import type { CacheResult } from "../cache/CacheResult.ts"
import type { RateLimitHeaders } from "../callers/RateLimitHeaders.ts"
import { QuotaLimits, RateLimits } from "../callers/RateLimits.ts"
import { type Denial, note } from "../observability/ExchangeAnnotations.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { authorize, credentialProblem } from "../rights/Authorization.ts"
import type { Caller, Scope } from "../rights/Caller.ts"
import { type Upstream, Upstreams } from "../upstream/Upstreams.ts"

/** The caller of a request, and the peer's address. */
export interface Requester {
  readonly caller: Caller
  /** The peer's address, as the socket knows it. */
  readonly address: string | undefined
}

/** The caller's directives and deadline. */
export interface RequestTerms {
  readonly directives: CacheControl
  /** Until when the caller waits, in milliseconds since 1970. */
  readonly deadline: number
  /** The time that the caller gave the request, in milliseconds. */
  readonly limit: number
}

/** Whether a caller is let through, and to where. */
export type Admission =
  | { readonly denial?: never; readonly upstream: Upstream; readonly mayBypass: boolean }
  | { readonly denial: Denial }

/**
 * The one way to a backup, and to a project's list: rights first, then the caller's quota, then the
 * cache, then the cloud. An unauthorized caller is
 * rejected before the cache is consulted, so a denial tells nothing of what is cached or exists.
 */
export class BackupAccess extends Context.Service<
  BackupAccess,
  {
    /** Whether a caller has all of these scopes for a project, by its rights alone. */
    readonly admit: (
      requester: Requester,
      project_id: string,
      scopes: ReadonlyArray<Scope>,
      now: DateTime.Utc
    ) => Admission
    /** Whether a caller has all of these scopes for a project. Asking is no attempt, so a denial goes into no log. */
    readonly allows: (
      requester: Requester,
      project_id: string,
      scopes: ReadonlyArray<Scope>,
      now: DateTime.Utc
    ) => boolean
    /**
     * A project whose backups stand in a list of another project, and which the caller may not list; `undefined` if
     * there is none. So a list gives a caller no backup of a project without its rights, even where projects share
     * backups. One backup that is asked for by its id is shown as the cloud shows it to the project in the path.
     *
     * @param projects the projects of the backups in the answer, as each backup names its own
     */
    readonly foreignProject: (
      requester: Requester,
      project_id: string,
      projects: ReadonlySet<string> | undefined,
      now: DateTime.Utc
    ) => string | undefined
    /**
     * Takes one request of a caller's quota; an `Exit` where only this process has to be asked. What comes with a key
     * that has expired, or from a wrong address, is charged to the address, whatever it asks for: a thief of
     * a key takes nothing from the caller's quota.
     */
    readonly charge: (
      requester: Requester,
      limits: QuotaLimits,
      now: DateTime.Utc
    ) => Effect.Effect<RateLimitHeaders | undefined, ProxyError>
    /**
     * Shows a backup to a caller with all of these scopes for its project, by the rules in force: first what is left of
     * the quota, and then, however long that takes, the backup.
     */
    readonly show: (
      requester: Requester,
      request: ShowBackupRequest,
      scopes: ReadonlyArray<Scope>,
      terms: RequestTerms
    ) => Effect.Effect<
      { readonly rateLimit: RateLimitHeaders | undefined; readonly shown: Effect.Effect<CacheResult> },
      ProxyError
    >
    /** Has the cache forget a backup of a project that is served. */
    readonly purge: (request: ShowBackupRequest) => Effect.Effect<void>
  }
>()("@cbr/proxy/BackupAccess") {
  static readonly layer: Layer.Layer<BackupAccess, never, BackupCache | RateLimits | Upstreams> = Layer.effect(
    BackupAccess,
    Effect.gen(function* () {
      const backups = yield* BackupCache
      const rateLimits = yield* RateLimits
      const upstreams = yield* Upstreams

      const admit: BackupAccess["Service"]["admit"] = ({ address, caller }, project_id, scopes, now) => {
        const upstream = upstreams.of(project_id)
        const decisionOn = (scope: Scope) =>
          authorize(caller, { project_id, region: upstream?.region, scope, now, address })
        for (const scope of scopes) {
          const decision = decisionOn(scope)
          if (decision._tag === "Denied") return { denial: { reason: decision.reason, scope, project_id } }
        }
        if (upstream === undefined) return { denial: { reason: "Project", scope: scopes[0], project_id } }
        return { upstream, mayBypass: decisionOn("bypass")._tag === "Allowed" }
      }

      const charge: BackupAccess["Service"]["charge"] = ({ address, caller }, limits, now) =>
        credentialProblem(caller, { address, now }) === undefined
          ? rateLimits.takeFromCaller(caller, limits, now.epochMilliseconds)
          : Effect.mapEager(rateLimits.chargeFailedSignIn(address, limits, now.epochMilliseconds), () => undefined)

      return BackupAccess.of({
        admit,
        charge,
        allows: ({ address, caller }, project_id, scopes, now) => {
          const region = upstreams.of(project_id)?.region
          return (
            region !== undefined &&
            scopes.every((scope) => authorize(caller, { project_id, region, scope, now, address })._tag === "Allowed")
          )
        },
        foreignProject: ({ address, caller }, project_id, projects = none, now) => {
          const region = upstreams.of(project_id)?.region
          for (const other of projects) {
            if (other === project_id) continue
            const intent = { project_id: other, region: upstreams.of(other)?.region ?? region, now, address }
            if (authorize(caller, { ...intent, scope: "list" })._tag === "Denied") return other
          }
          return undefined
        },
        show: Effect.fnUntraced(function* (requester, request, scopes, terms) {
          const now = yield* DateTime.now
          const admission = admit(requester, request.project_id, scopes, now)
          const rateLimit = yield* charge(requester, yield* QuotaLimits, now)
          if (admission.denial === undefined) {
            return { rateLimit, shown: backups.show(lookupOf(requester, admission, request, terms)) }
          }
          const { denial } = admission
          yield* note(({ denials }) => void denials.push(denial))
          return yield* forbidden
        }),
        purge: (request) => {
          const upstream = upstreams.of(request.project_id)
          return upstream === undefined ? Effect.void : backups.purge(upstream, request)
        }
      })
    })
  )
}

/** The lookup in the cache for an admitted caller. */
export const lookupOf = (
  { caller }: Requester,
  { mayBypass, upstream }: Extract<Admission, { readonly upstream: Upstream }>,
  request: CachedRequest,
  { deadline, directives, limit }: RequestTerms
): CacheLookup => ({
  request,
  upstream,
  caller_id: caller.id,
  quota_class: caller.quota_class,
  directives,
  mayBypass,
  deadline,
  limit
})

const none: ReadonlySet<string> = new Set()

/** Fails for an id that no backup has; where nothing is asked of the cloud, the client does not look at it. */
export const wellFormed = (request: ShowBackupRequest): Effect.Effect<void, ProxyError> =>
  isShowBackupRequest(request) ? Effect.void : Effect.fail(wrongId)

const wrongId = new ProxyError({ reason: "BadRequest", message: `the path does not hold ${idForms.backup_id.en}` })

/** One answer for every denial: it says nothing of why, nor of what there is. The operator reads why in the log. */
export const forbidden = new ProxyError({ reason: "Forbidden", message: "this caller may not do this in this project" })
