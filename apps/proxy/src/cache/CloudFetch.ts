import { TimedOut } from "@cbr/client"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { RateLimits } from "../callers/RateLimits.ts"
import { internalError, logDefects } from "../problems/Defect.ts"
import { hasEnded } from "../problems/EndedEffect.ts"
import { type FairQueue, type FairQueueLimits, makeFairQueue } from "../upstream/FairQueue.ts"
import type { Upstream } from "../upstream/Upstreams.ts"
import { Call, makeCacheCoherence } from "./CacheCoherence.ts"
import { entryOf } from "./CacheEntry.ts"
import { type CachedRequest, isListRequest } from "./CacheKey.ts"
import { outcomeOf, type CacheResult, type FetchError } from "./CacheResult.ts"
import type { CacheStore } from "./CacheStore.ts"
import type { CloudAnswer, CloudResponse } from "./CloudAnswer.ts"
import type { Continuation } from "./Continuation.ts"
import { failureClassOf, noteFailure } from "./FailureClass.ts"
import { goneAt, isOutdated, outdatedBy, statementOf } from "./Invalidation.ts"
import { followReplicas } from "./ReplicaFollower.ts"
import { type FetchLease, type FetchLeaseResult, SharedAnswers } from "./SharedAnswers.ts"
import { makeSingleFlight } from "./SingleFlight.ts"

/** A request for a new answer, for a backup or for a page of the list. */
export interface FetchRequest {
  readonly key: string
  readonly lookup: {
    readonly request: CachedRequest
    readonly upstream: Upstream
    /** The caller in whose turn the call is made. */
    readonly caller_id: string
    /** The time that the caller gave the request, in milliseconds. */
    readonly limit: number
  }
  /** Whether the answer may be cached. */
  readonly stores: boolean
  /** The version of the cached answer that will not do. */
  readonly known: string | undefined
}

/** The result of a fetch. */
export interface FetchResult {
  readonly outcome: CacheResult["outcome"]
  /** Whether the answer is cached for the next request. */
  readonly stored: boolean
  /** The version of an answer that another replica had already: it may be too old for some requests that wait. */
  readonly found?: string | undefined
}

/** The result for one request that waited. */
export interface JoinedResult extends FetchResult {
  /** Whether this request made the call, and not an equal one before it. */
  readonly isLeader: boolean
}

/** Fetches answers from the cloud, or from another replica, and keeps the store true to them. */
export interface CloudFetch {
  /**
   * Fetches an answer; waits at most `patience` milliseconds. One call serves all requests for the same key, whichever
   * caller sent them. An answer that must not be stored is not shared with requests that allow it to be stored.
   *
   * @param context the context in which the call runs, if this request makes it
   */
  readonly fetch: (
    request: FetchRequest,
    patience: number,
    context: () => Context.Context<never>
  ) => Continuation<JoinedResult>
  /** Whether a request would join a call that is under way. */
  readonly isJoinable: (request: Pick<FetchRequest, "key" | "stores">) => boolean
  /** Takes over another replica's answer; returns whether there was one. */
  readonly look: (key: string) => Effect.Effect<boolean>
  /** Forgets an entry, here and at other replicas; the answer of a call that is under way for it is not stored. */
  readonly forget: (key: string) => Effect.Effect<void>
  /** Learns that there is no such backup: forgets every entry that says otherwise. */
  readonly gone: (key: string) => Effect.Effect<void>
}

type Granted = Extract<FetchLease, { readonly _tag: "Granted" }>
type Found = Extract<FetchLease, { readonly _tag: "Found" }>

/**
 * At most one call is under way for equal requests, whichever replica makes it: under a lease, in the caller's turn, and
 * within the project's quota. The scope's end interrupts the calls.
 */
export const makeCloudFetch = (
  store: CacheStore,
  limits: FairQueueLimits
): Effect.Effect<CloudFetch, never, RateLimits | SharedAnswers | Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const rateLimits = yield* RateLimits
    const shared = yield* SharedAnswers
    const flights = yield* makeSingleFlight<FetchResult>(failed)
    const { forget, forgetHere, outdate, underWay } = makeCacheCoherence(store, shared, flights.close)
    const queues = new Map<string, FairQueue>()

    /** Begins the call in a fiber of its own: first the lease, then the call, then the answer's place in the cache. */
    const begin = (call: Call, request: FetchRequest, context: Context.Context<never>) => {
      underWay.add(call)
      // A defect before the first step is the call's too: the flight would never end.
      const fiber = Effect.runForkWith(context)(Effect.suspend(() => leased(call, request)))
      call.fiber = fiber
      fiber.addObserver((exit) => {
        underWay.delete(call)
        call.fiber = undefined
        // An interruption by the proxy's own end is no defect.
        if (Exit.isSuccess(exit) || !Cause.hasDies(exit.cause)) return
        Effect.runForkWith(context)(logDefects(exit.cause))
      })
      return fiber
    }
    yield* Effect.addFinalizer(() => Fiber.interruptAll(Array.from(underWay).flatMap(({ fiber }) => fiber ?? [])))

    /** Takes the lease, or another replica's answer. An answer that is not stored needs no lease. */
    const leased = (call: Call, request: FetchRequest): Effect.Effect<FetchResult> => {
      const { key } = call
      if (!call.stores) return fetchUnder(unshared(key), call, request)
      const lease = shared.acquire(key, request.known)
      const use = (lease: FetchLease): Effect.Effect<FetchResult> => {
        switch (lease._tag) {
          case "Granted":
            return fetchUnder(lease, call, request)
          case "Failed": {
            if (!call.isForgotten) noteFailure(store, key, lease.error, clock.currentTimeMillisUnsafe())
            return Effect.succeed({ outcome: Result.fail(lease.error), stored: false })
          }
          case "Found":
            return takeOver(call, lease)
        }
      }
      return hasEnded(lease) ? Effect.flatMapEager(lease, use) : Effect.scoped(Effect.flatMap(lease, use))
    }

    /** A lease for this replica alone: the others hear only of a failure that ends their entries too. */
    const unshared = (key: string): Granted => ({
      _tag: "Granted",
      version: "",
      release: (result) => (result._tag === "Failed" && result.isLast ? shared.forget(key) : Effect.void)
    })

    /** Calls the cloud: one request of the project's quota, a turn in the region's queue, and the client. */
    const fetchUnder = (
      lease: Granted,
      call: Call,
      { lookup: { caller_id, request, upstream } }: FetchRequest
    ): Effect.Effect<FetchResult> => {
      call.isOwn = true
      const queue = queues.get(upstream.region) ?? makeFairQueue(limits)
      queues.set(upstream.region, queue)
      const cloud: Effect.Effect<CloudResponse, FetchError> = isListRequest(request)
        ? upstream.listBackups(request)
        : upstream.showBackup({ project_id: request.project_id, backup_id: request.backup_id.toLowerCase() })
      return Effect.matchEffect(
        Effect.andThen(rateLimits.takeFromProject(request.project_id, caller_id), queue.enter(caller_id, cloud)),
        {
          onSuccess: (response) => keep(call, Result.succeed(response), lease),
          onFailure: (error) =>
            // That there is no such backup is an answer too.
            error._tag === "BackupNotFound" && call.stores
              ? keep(call, Result.fail(error), lease)
              : keepFailure(call, error, lease)
        }
      )
    }

    /**
     * Caches the answer, unless a newer one says otherwise; and then tells the other replicas. An answer that is not
     * cached leaves no other state of its own key cached.
     */
    const keep = (
      call: Call,
      answer: CloudAnswer["answer"],
      { release, version }: Granted
    ): Effect.Effect<FetchResult> =>
      Effect.contextWith((context: Context.Context<never>) => {
        const { key } = call
        const at = clock.currentTimeMillisUnsafe()
        const before = store.peek(key)
        const answered = { answer, wasLeaving: before?.leaving ?? false }
        const entry = entryOf(key, answered, { at, version, context })
        const said = statementOf(key, entry)
        const isLatest = call.isLatest(said)
        const milliseconds = entry.freshness.usableUntil - at
        const stored = call.stores && !call.isForgotten && isLatest && milliseconds > 0
        if (stored) store.put(key, entry)
        const result: FetchLeaseResult = isLatest ? { _tag: "Answered", answered, milliseconds } : withdrawn
        const outdatesOwn =
          !stored && isLatest && !call.isForgotten && before !== undefined && isOutdated(statementOf(key, before), said)
        const outdated = outdate(key, said)
        if (outdatesOwn) store.forget(key)
        // Of an answer under a lease the other replicas hear by the lease's end.
        const forgotten = outdatesOwn && !call.stores ? Effect.andThen(shared.forget(key), outdated) : outdated
        return Effect.mapEager(
          Effect.flatMapEager(forgotten, () => release(result)),
          () => ({ outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" })
        )
      })

    /** Draws the conclusions from a call that brought no answer to cache, and tells the other replicas. */
    const keepFailure = ({ isForgotten, key }: Call, error: FetchError, { release }: Granted) => {
      const at = clock.currentTimeMillisUnsafe()
      const failureClass = failureClassOf(error)
      if (!isForgotten) noteFailure(store, key, error, at)
      const isLast = !isForgotten && (failureClass === "notFound" || failureClass === "denied")
      const outdated = failureClass === "notFound" ? outdate(key, goneAt(key, at)) : Effect.void
      return Effect.as(
        // That this replica is too busy tells the others nothing.
        Effect.andThen(outdated, release(error._tag === "ProxyError" ? withdrawn : { _tag: "Failed", error, isLast })),
        { outcome: Result.fail(error), stored: false }
      )
    }

    /** Caches another replica's answer, unless a newer one is here. */
    const takeOver = (
      call: Call,
      { isAwaited, value: { at, version, ...answered } }: Omit<Found, "_tag">
    ): Effect.Effect<FetchResult> =>
      Effect.contextWith((context: Context.Context<never>) => {
        const { key } = call
        const entry = entryOf(key, answered, { at, version, context })
        const said = statementOf(key, entry)
        const outdated = outdatedBy(key, said, store)
        const isLatest = [key, ...outdated].every((other) => (store.peek(other)?.at ?? at) <= at)
        const stored = isLatest && !call.isForgotten && call.isLatest(said)
        if (stored) store.put(key, entry)
        if (isLatest) for (const other of outdated) forgetHere(other)
        return Effect.succeed({
          outcome: outcomeOf(entry),
          stored: stored && entry._tag === "Present",
          found: isAwaited && isLatest ? undefined : version
        })
      })

    const look = (key: string): Effect.Effect<boolean> =>
      Effect.suspend(() => {
        const call = new Call(key, true)
        underWay.add(call)
        return Effect.flatMap(shared.look(key), (value) =>
          value === undefined ? Effect.succeed(false) : Effect.as(takeOver(call, { value, isAwaited: false }), true)
        ).pipe(Effect.ensuring(Effect.sync(() => underWay.delete(call))))
      })

    yield* followReplicas({ store, changes: shared.changes, look, forget: forgetHere })

    return {
      fetch: (request, patience, context) => (done) => {
        let own: Call | undefined
        const begun = () => {
          own = new Call(request.key, request.stores)
          return begin(own, request, context())
        }
        return flights.join(idOf(request), begun, patience, () => outOfTime(request.lookup.limit))((result) =>
          done({ ...result, isLeader: own?.isOwn ?? false })
        )
      },
      isJoinable: (request) => flights.isJoinable(idOf(request)),
      look,
      forget,
      gone: (key) =>
        Effect.suspend(() => {
          // All is forgotten here before the store is waited for.
          forgetHere(key)
          return Effect.andThen(outdate(key, goneAt(key, clock.currentTimeMillisUnsafe())), shared.forget(key))
        })
    }
  })

const idOf = ({ key, stores }: Pick<FetchRequest, "key" | "stores">): string => (stores ? key : `${key}\nunstored`)

const withdrawn: FetchLeaseResult = { _tag: "Withdrawn" }

const outOfTime = (milliseconds: number): FetchResult => ({
  outcome: Result.fail(new TimedOut({ detail: { code: "no-answer-for-caller", milliseconds }, limit: "call" })),
  stored: false
})

/** The result of a call that a defect ended; the log has the defect. */
export const failed: FetchResult = {
  outcome: Result.fail(internalError),
  stored: false
}
