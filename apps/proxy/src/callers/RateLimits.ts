import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import { peerOf } from "../net/peerOf.ts"
import { counters, metricContext } from "../observability/Counters.ts"
import { defaultLimitsPolicy } from "../policy/LimitsPolicy.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller } from "../rights/Caller.ts"
import * as MemoryStore from "../store/MemoryStore.ts"
import { Store } from "../store/Store.ts"
import type { Quota } from "../store/TokenBuckets.ts"
import { type FairQueue, makeFairQueue } from "../upstream/FairQueue.ts"
import { fieldsOf, type RateLimitHeaders, secondsOf } from "./RateLimitHeaders.ts"

/** The quotas of callers, projects and addresses. */
export interface QuotaLimits {
  /** By the class of a caller; a class without a quota has that of `default`. */
  readonly callers: Readonly<Record<string, Quota>> & { readonly default: Quota }
  /** Calls to the cloud for each project, from all callers together. */
  readonly project: Quota
  /** Projects that the configuration names; each has a quota of its own. */
  readonly projects?: ReadonlySet<string> | undefined
  /** Wrong credentials from one address; uncounted when absent. */
  readonly failedSignIns?: Quota | undefined
}

/**
 * The limits in force for a request. Unless others are provided: 50 requests a
 * second for a caller, 100 at once; 10 calls to the cloud a second for a
 * project, 100 at once, so that one whole batch can be fetched by a
 * caller that had nothing fetched before; 20 wrong credentials a minute from one address.
 */
export const QuotaLimits = Context.Reference<QuotaLimits>("@cbr/proxy/QuotaLimits", {
  defaultValue: () => ({
    callers: { default: { perSecond: 50, burst: 100 } },
    project: { perSecond: 10, burst: 100 },
    failedSignIns: { perSecond: 20 / 60, burst: 20 }
  })
})

/** Grants requests to callers, and calls to the cloud to projects. */
export class RateLimits extends Context.Service<
  RateLimits,
  {
    /**
     * Takes one request from a caller's quota, at a moment in milliseconds since 1970. Fails with `QuotaExceeded`. An
     * `Exit` where only this process has to be asked, as all that is taken here.
     */
    readonly takeFromCaller: (
      caller: Caller,
      limits: QuotaLimits,
      now: number
    ) => Effect.Effect<RateLimitHeaders, ProxyError>
    /**
     * Takes one signature to remember, of a quota as large as the caller's for
     * requests. A caller within that quota does not notice this one.
     */
    readonly takeForSignature: (caller: Caller, limits: QuotaLimits, now: number) => Effect.Effect<void, ProxyError>
    /**
     * Takes one call to the cloud from a project's quota, in turn among the callers that want one: a caller that
     * wants more takes nothing from another's part. Fails with `QuotaExceeded` when no turn comes within half a second.
     */
    readonly takeFromProject: (project_id: string, caller_id: string) => Effect.Effect<void, ProxyError>
    /**
     * Takes one wrong credential from the quota of the address that it came
     * from. Fails with `QuotaExceeded`. A valid credential is not charged:
     * callers behind one address would lock each other out.
     */
    readonly chargeFailedSignIn: (
      address: string | undefined,
      limits: QuotaLimits,
      now: number
    ) => Effect.Effect<void, ProxyError>
  }
>()("@cbr/proxy/RateLimits") {
  /** Counted in the store. */
  static readonly layer: Layer.Layer<RateLimits, never, Store> = Layer.effect(
    RateLimits,
    Effect.gen(function* () {
      const store = yield* Store
      const metrics = yield* metricContext
      const clock = yield* Clock.Clock
      const exceeded = (name: QuotaName, quota: Quota, retryAfter: number) => {
        refusals[name].updateUnsafe(1, metrics)
        return Effect.fail(quotaExceeded(name, quota, retryAfter))
      }
      const take = (key: string, name: QuotaName, quota: Quota, now: number) =>
        Effect.flatMapEager(store.take(key, quota, now), (taken) =>
          taken._tag === "Taken"
            ? Effect.succeed(fieldsOf(name, quota, taken.left, taken.fullAfter))
            : exceeded(name, quota, taken.nextAfter)
        )
      /** The queue of callers for each project, by the project's bucket. */
      const paces = new Map<string, FairQueue>()
      const paceOf = (key: string): FairQueue => {
        const known = paces.get(key)
        if (known !== undefined) return known
        const pace = makeFairQueue({ ...defaultLimitsPolicy, upstream_calls: 1 })
        paces.set(key, pace)
        return pace
      }
      return RateLimits.of({
        takeFromCaller: (caller, { callers }, now) => take(callerKey(caller), "caller", quotaOf(caller, callers), now),
        takeForSignature: (caller, { callers }, now) =>
          take(signatureKey(caller), "caller", quotaOf(caller, callers), now),
        takeFromProject: (project_id, caller_id) =>
          Effect.flatMap(QuotaLimits, ({ project, projects }) => {
            const key = projectKey(project_id, projects)
            const pace = paceOf(key)
            const takeNow = () => store.take(key, project, clock.currentTimeMillisUnsafe())
            const turn: Effect.Effect<void> = Effect.suspend(() =>
              Effect.flatMapEager(takeNow(), (taken) =>
                taken._tag === "Taken"
                  ? Effect.void
                  : Effect.andThen(Effect.sleep(Duration.millis(Math.max(1, taken.nextAfter))), turn)
              )
            )
            const queued = Effect.catchTag(pace.enter(caller_id, turn), "ProxyError", () =>
              exceeded("project", project, 1_000 / project.perSecond)
            )
            // Where none waits, calls take theirs side by side: a store that answers late holds none of them up.
            return pace.isIdle()
              ? Effect.flatMapEager(takeNow(), (taken) => (taken._tag === "Taken" ? Effect.void : queued))
              : queued
          }),
        chargeFailedSignIn: (address, { failedSignIns }, now) =>
          failedSignIns === undefined ? Effect.void : take(addressKey(address), "address", failedSignIns, now)
      })
    })
  )

  /** Counted in this process's memory. */
  static readonly layerMemory: Layer.Layer<RateLimits> = Layer.provide(RateLimits.layer, MemoryStore.layer)
}

/** A text that is joined for each request would be hashed for each one. */
const callerKeys = new WeakMap<Caller, string>()

const callerKey = (caller: Caller): string => {
  let key = callerKeys.get(caller)
  if (key === undefined) callerKeys.set(caller, (key = `caller:${caller.id}`))
  return key
}

const signatureKey = ({ id }: Caller): string => `signature:${id}`

/** The owner of a quota. */
type QuotaName = "caller" | "project" | "address"

/**
 * The bucket of its own name for a project of the configuration. Without one a
 * caller can name any number of projects, and buckets are kept for ever: so
 * there are 65 536, and two projects in one share its quota.
 */
const projectKey = (project_id: string, projects: ReadonlySet<string> | undefined): string =>
  projects?.has(project_id) === true ? `project:${project_id}` : `project:${Hash.string(project_id) & 0xff_ff}`

/** As few, since a peer may have any number of addresses. */
const addressKey = (address: string | undefined): string => `address:${Hash.string(peerOf(address)) & 0xff_ff}`

const quotaOf = ({ quota_class }: Caller, quotas: QuotaLimits["callers"]): Quota =>
  (Object.hasOwn(quotas, quota_class) ? quotas[quota_class] : undefined) ?? quotas.default

const quotaExceeded = (name: QuotaName, quota: Quota, retryAfter: number) =>
  new ProxyError({
    reason: "QuotaExceeded",
    message:
      name === "address"
        ? "too many wrong credentials came from this address"
        : `the quota of this ${name}, ${quota.perSecond} a second, is used up`,
    headers: {
      "retry-after": String(Math.max(1, secondsOf(retryAfter))),
      // A project's quota is not the caller's to keep, so its figures are not for the caller.
      ...(name === "caller" ? fieldsOf(name, quota, 0, retryAfter) : {})
    }
  })

const refusals = counters(
  "cbr_proxy_quota_refusals_total",
  "Refusals for a quota that is used up, by what the quota belongs to",
  "quota",
  ["caller", "project", "address"]
)
