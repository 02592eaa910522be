import { type ShowBackupError, TimedOut } from "@cbr/client"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { RateLimits } from "../callers/RateLimits.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import { hasEnded } from "../problems/SyncExit.ts"
import { type FairQueue, type FairQueueLimits, makeFairQueue } from "../upstream/FairQueue.ts"
import type { Upstream } from "../upstream/Upstreams.ts"
import type { CacheEntry } from "./CacheEntry.ts"
import { type CachedRequest, isListRequest, placeOf } from "./CacheKey.ts"
import { outcomeOf, type CacheResult, type FetchError } from "./CacheResult.ts"
import type { CacheStore } from "./CacheStore.ts"
import { makeCacheWriter } from "./CacheWriter.ts"
import type { CloudAnswer, CloudResponse } from "./CloudAnswer.ts"
import type { Continuation } from "./Continuation.ts"
import { makeDeadlines } from "./Deadlines.ts"
import { failureClassOf } from "./FailureClass.ts"
import { goneAt, isOutdated, outdatedBy, type Statement, statementOf } from "./Invalidation.ts"
import { makeReplicaFollower } from "./ReplicaFollower.ts"
import { type FetchLease, type FetchLeaseResult, type SharedEntry, SharedAnswers } from "./SharedAnswers.ts"

/**
 * A request for a new answer. One call serves all requests for the same backup, or for the same page of the list,
 * whichever caller asked. An answer that must not be stored is not shared with callers that allow it to be stored.
 */
export interface FetchRequest {
  readonly key: string
  readonly upstream: Upstream
  readonly request: CachedRequest
  /** The caller in whose turn the call is made. */
  readonly caller_id: string
  readonly stores: boolean
  /** The version of the answer that is there and will not do. */
  readonly known: string | undefined
}

/** The result of a fetch. */
export interface FetchResult {
  readonly outcome: CacheResult["outcome"]
  /** Whether it is cached for the next request. */
  readonly stored: boolean
  /** The version of an answer that another replica had already: it may be too old for some of those that wait. */
  readonly found?: string | undefined
}

/** What came of another replica's answer. */
interface TakeOverResult {
  readonly fetched: FetchResult
  /** Whether nothing that is newer, and says otherwise, is known here. */
  readonly isLatest: boolean
}

/** The result for one request that waited. */
export interface JoinedResult extends FetchResult {
  /** Whether this request made the call, and not an equal one before it. */
  readonly isLeader: boolean
}

/** The calls to the cloud that are under way, and what the store learns from them. */
export interface SingleFlight {
  /**
   * Joins the call of an equal request, or makes one; waits for at most `patience` milliseconds.
   *
   * @param context what the call is made in, if this request makes it
   */
  readonly join: (
    fetch: FetchRequest,
    patience: number,
    context: () => Context.Context<never>
  ) => Continuation<JoinedResult>
  /** Whether a request would join a call that is under way. */
  readonly isJoinable: (fetch: Pick<FetchRequest, "key" | "stores">) => boolean
  /** Takes over what another replica knows; whether there was anything. */
  readonly look: (key: string) => Effect.Effect<boolean>
  /** Forgets an entry, here and at other replicas; a call that is under way for it is not stored. */
  readonly forget: (key: string) => Effect.Effect<void>
  /** Takes in that there is no such backup: forgets what says otherwise. */
  readonly gone: (key: string) => Effect.Effect<void>
}

/** A call that is under way, and the requests that wait for it. */
class Flight {
  readonly fetch: FetchRequest
  /** What it may be joined by. */
  readonly id: string
  readonly place: string
  readonly waiting = new Set<(fetched: FetchResult) => void>()
  /** What other answers have said of the same project since the call began. */
  readonly meanwhile: Array<Statement> = []
  /** Whether the call is this replica's to make. */
  isOwn = false
  fiber: Fiber.Fiber<FetchResult> | undefined

  constructor(fetch: FetchRequest) {
    this.fetch = fetch
    this.id = idOf(fetch)
    this.place = placeOf(fetch.key)
  }
}

const idOf = ({ key, stores }: Pick<FetchRequest, "key" | "stores">): string => (stores ? key : `${key}\nunstored`)

/**
 * At most one call is under way for equal requests, whichever replica makes it.
 * It takes its turn among the callers and from the project's quota. It is
 * interrupted when no request here waits for it any more.
 */
export const makeSingleFlight = (
  store: CacheStore,
  queue: FairQueueLimits
): Effect.Effect<SingleFlight, never, RateLimits | SharedAnswers | Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const rateLimits = yield* RateLimits
    const shared = yield* SharedAnswers
    const writer = makeCacheWriter(store, yield* Effect.context<never>())
    const deadlines = yield* makeDeadlines
    const queues = new Map<string, FairQueue>()
    /** What may be joined. */
    const joinable = new Map<string, Flight>()
    const underWay = new Set<Flight>()
    /** Whether nothing has been forgotten since that the call would bring back. */
    const isCurrent = (flight: Flight) => joinable.get(flight.id) === flight

    const queueOf = (region: string): FairQueue => {
      const existing = queues.get(region) ?? makeFairQueue(queue)
      queues.set(region, existing)
      return existing
    }

    /** Makes the call, in its turn. */
    const callCloud = (flight: Flight): Effect.Effect<CloudResponse, FetchError> => {
      const { caller_id, request, upstream } = flight.fetch
      flight.isOwn = true
      return Effect.andThen(
        rateLimits.takeFromProject(request.project_id, caller_id),
        queueOf(upstream.region).enter<CloudResponse, ShowBackupError, never>(
          caller_id,
          isListRequest(request) ? upstream.listBackups(request) : upstream.showBackup(request)
        )
      )
    }

    /** Forgets, here and at other replicas, what an answer outdates. */
    const outdate = (key: string, say: () => Statement): Effect.Effect<void> => {
      let said: Statement | undefined
      const newer = () => (said ??= say())
      const here = placeOf(key)
      for (const { meanwhile, fetch, place } of underWay) {
        if (place === here && fetch.stores && fetch.key !== key) meanwhile.push(newer())
      }
      const outdated = outdatedBy(key, newer, store)
      for (const other of outdated) forgetHere(other)
      return outdated.length === 0 ? Effect.void : Effect.forEach(outdated, shared.forget, { discard: true })
    }
    /** Whether nothing newer has been said while the call was under way. */
    const isNewest = ({ meanwhile, fetch: { key } }: Flight, entry: CacheEntry): boolean =>
      meanwhile.length === 0 || !meanwhile.some((newer) => isOutdated(statementOf(key, entry), newer))

    /** A call of which the answer is for the requests that wait for it, and is not stored. */
    const fetchUnstored = (flight: Flight): Effect.Effect<FetchResult> => {
      const { key } = flight.fetch
      return Effect.matchEffect(callCloud(flight), {
        onSuccess: (response) =>
          Effect.contextWith((context: Context.Context<never>) => {
            const answered = { answer: Result.succeed(response), wasLeaving: false }
            const entry = writer.entryOf(key, answered, clock.currentTimeMillisUnsafe(), context)
            return Effect.as(
              outdate(key, () => statementOf(key, entry)),
              { outcome: outcomeOf(entry), stored: false }
            )
          }),
        onFailure: (error) => {
          const at = clock.currentTimeMillisUnsafe()
          writer.fail(key, error, at)
          const forgotten = endsAll(error) ? shared.forget(key) : Effect.void
          const outdated = failureClassOf(error) === "notFound" ? outdate(key, () => goneAt(key, at)) : Effect.void
          return Effect.as(Effect.andThen(outdated, forgotten), { outcome: Result.fail(error), stored: false })
        }
      })
    }

    /** A call that this replica makes for all. That there is no backup is an answer like another. */
    const fetchForAll = (
      flight: Flight,
      { release, version }: Extract<FetchLease, { _tag: "Granted" }>
    ): Effect.Effect<FetchResult> => {
      const { key } = flight.fetch
      const answer = (answer: CloudAnswer["answer"]) =>
        Effect.contextWith((context: Context.Context<never>): Effect.Effect<FetchResult> => {
          const at = clock.currentTimeMillisUnsafe()
          const answered = { answer, wasLeaving: store.peek(key)?.leaving ?? false }
          const entry = writer.entryOf(key, answered, at, context, version)
          const milliseconds = entry.freshness.usableUntil - at
          const isLatest = isNewest(flight, entry)
          const stored = isCurrent(flight) && milliseconds > 0 && isLatest
          if (stored) writer.put(key, entry)
          const fetched = { outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" }
          const settlement: FetchLeaseResult = isLatest
            ? { _tag: "Answered", answered, milliseconds }
            : { _tag: "Withdrawn" }
          const outdated = outdate(key, () => statementOf(key, entry))
          return Effect.mapEager(
            Effect.flatMapEager(outdated, () => release(settlement)),
            () => fetched
          )
        })
      return Effect.matchEffect(callCloud(flight), {
        onSuccess: (response) => answer(Result.succeed(response)),
        onFailure: (error): Effect.Effect<FetchResult> => {
          if (error._tag === "BackupNotFound") return answer(Result.fail(error))
          const counts = isCurrent(flight)
          if (counts) writer.fail(key, error, clock.currentTimeMillisUnsafe())
          // That this replica is too busy tells the others nothing.
          const settlement: FetchLeaseResult =
            error._tag === "ProxyError"
              ? { _tag: "Withdrawn" }
              : { _tag: "Failed", error, isLast: counts && endsAll(error) }
          return Effect.as(release(settlement), { outcome: Result.fail(error), stored: false })
        }
      })
    }

    /** Keeps another replica's answer, unless there is a newer one. */
    const takeOver = (key: string, { at, version, ...answered }: SharedEntry, may: boolean) =>
      Effect.contextWith((context: Context.Context<never>) => {
        const entry = writer.entryOf(key, answered, at, context, version)
        const before = store.peek(key)
        const others = outdatedBy(key, () => statementOf(key, entry), store)
        const isLatest = [before, ...others.map(store.peek)].every((other) => other === undefined || other.at <= at)
        const stored = may && isLatest
        if (stored) writer.put(key, entry)
        if (isLatest) for (const other of others) forgetHere(other)
        const result: TakeOverResult = {
          isLatest,
          fetched: { outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" }
        }
        return Effect.succeed(result)
      })

    const fetchUnder = (lease: FetchLease, flight: Flight): Effect.Effect<FetchResult> => {
      switch (lease._tag) {
        case "Granted":
          return fetchForAll(flight, lease)
        case "Failed": {
          if (isCurrent(flight)) writer.fail(flight.fetch.key, lease.error, clock.currentTimeMillisUnsafe())
          return Effect.succeed({ outcome: Result.fail(lease.error), stored: false })
        }
        case "Found":
          return Effect.map(takeOver(flight.fetch.key, lease.value, isCurrent(flight)), ({ isLatest, fetched }) =>
            lease.isAwaited && isLatest ? fetched : { ...fetched, found: lease.value.version }
          )
      }
    }

    /** The one call for all equal requests. */
    const run = (flight: Flight): Effect.Effect<FetchResult> => {
      const { key, known, stores } = flight.fetch
      if (!stores) return fetchUnstored(flight)
      const lease = shared.acquire(key, known)
      return hasEnded(lease)
        ? Effect.flatMapEager(lease, (lease) => fetchUnder(lease, flight))
        : Effect.scoped(Effect.flatMap(lease, (lease) => fetchUnder(lease, flight)))
    }

    const end = (flight: Flight) => {
      if (isCurrent(flight)) joinable.delete(flight.id)
      underWay.delete(flight)
      // An outgrown table of a Map or Set that V8 has promoted keeps those after it, and so whatever was in them.
      flight.fiber = undefined
    }
    const complete = (flight: Flight, exit: Exit.Exit<FetchResult>, context: Context.Context<never>) => {
      end(flight)
      if (flight.waiting.size === 0) return
      let fetched = failed
      if (Exit.isSuccess(exit)) fetched = exit.value
      // Interrupted with the proxy itself it is no defect.
      else if (Cause.hasDies(exit.cause)) {
        Effect.runForkWith(context)(Effect.logError("a defect of the proxy", exit.cause))
      }
      for (const told of flight.waiting) told(fetched)
    }
    const begin = (flight: Flight, context: Context.Context<never>) => {
      joinable.set(flight.id, flight)
      underWay.add(flight)
      flight.fiber = Effect.runForkWith(context)(run(flight))
      flight.fiber.addObserver((exit) => complete(flight, exit, context))
    }
    yield* Effect.addFinalizer(() =>
      Fiber.interruptAll(Array.from(underWay, ({ fiber }) => fiber).filter((fiber) => fiber !== undefined))
    )

    const join: SingleFlight["join"] = (fetch, patience, context) => (done) => {
      const known = joinable.get(idOf(fetch))
      const flight = known ?? new Flight(fetch)
      const leave = () => {
        deadlines.remove(waiting)
        flight.waiting.delete(told)
      }
      const told = (fetched: FetchResult) => {
        leave()
        done({ ...fetched, isLeader: known === undefined && flight.isOwn })
      }
      const giveUp = () => {
        leave()
        if (flight.waiting.size > 0 || !underWay.has(flight)) return
        const { fiber } = flight
        end(flight)
        fiber?.interruptUnsafe()
      }
      const waiting = {
        deadline: clock.currentTimeMillisUnsafe() + patience,
        expire: () => {
          giveUp()
          done({
            outcome: Result.fail(outOfTime(patience)),
            stored: false,
            isLeader: known === undefined && flight.isOwn
          })
        }
      }
      flight.waiting.add(told)
      deadlines.add(waiting)
      if (known === undefined) begin(flight, context())
      return giveUp
    }

    const forgetFlight = (key: string) => {
      joinable.delete(key)
      writer.forget(key)
    }

    const follower = makeReplicaFollower({ clock, store, shared, writer, forget: forgetFlight, takeOver })
    const forgetHere = (key: string) => {
      follower.drop(key)
      forgetFlight(key)
    }
    yield* follower.follow

    const forget = (key: string) =>
      Effect.suspend(() => {
        forgetHere(key)
        return shared.forget(key)
      })

    return {
      join,
      isJoinable: (fetch) => joinable.size > 0 && joinable.has(idOf(fetch)),
      look: follower.look,
      forget,
      gone: (key) =>
        Effect.andThen(
          forget(key),
          Effect.suspend(() => outdate(key, () => goneAt(key, clock.currentTimeMillisUnsafe())))
        )
    }
  })

/** Whether what was known before is over, at every replica. */
const endsAll = (error: FetchError): boolean => {
  const failureClass = failureClassOf(error)
  return failureClass === "notFound" || failureClass === "denied"
}

const outOfTime = (patience: number) =>
  new TimedOut({ detail: { code: "no-answer-for-caller", milliseconds: patience }, limit: "call" })

/** What a call is answered with that a defect ended; the log has it. */
const failed: FetchResult = {
  outcome: Result.fail(
    new ProxyError({ reason: "InternalError", message: "the proxy failed at answering this request" })
  ),
  stored: false
}
