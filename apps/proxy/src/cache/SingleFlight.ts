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
import { type FairQueue, type FairQueueLimits, makeFairQueue } from "../upstream/FairQueue.ts"
import type { Upstream } from "../upstream/Upstreams.ts"
import type { CacheEntry } from "./CacheEntry.ts"
import { type CachedRequest, isListRequest, placeOf } from "./CacheKey.ts"
import { outcomeOf, type CacheResult, type FetchError } from "./CacheResult.ts"
import type { CacheStore } from "./CacheStore.ts"
import { makeCacheWriter } from "./CacheWriter.ts"
import type { CloudResponse } from "./CloudAnswer.ts"
import type { Continuation } from "./Continuation.ts"
import { goneAt, isOutdated, outdatedBy, type Statement, statementOf } from "./Contradiction.ts"
import { makeDeadlines } from "./Deadlines.ts"
import { failureClassOf } from "./FailureClass.ts"
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
  readonly waiting = new Set<(fetched: FetchResult) => void>()
  /** What other answers have said of the same project since the call began. */
  readonly meanwhile: Array<Statement> = []
  /** Whether the call is this replica's to make. */
  isOwn = false
  fiber: Fiber.Fiber<FetchResult> | undefined

  constructor(fetch: FetchRequest) {
    this.fetch = fetch
  }
}

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
    /** The calls of which the answer may be stored, by key. */
    const current = new Map<string, Flight>()
    const isCurrent = (flight: Flight) => current.get(flight.fetch.key) === flight

    const queueOf = (region: string): FairQueue => {
      const existing = queues.get(region) ?? makeFairQueue(queue)
      queues.set(region, existing)
      return existing
    }

    /** Makes the call, in its turn. */
    const callCloud = (flight: Flight) => {
      const { caller_id, request, upstream } = flight.fetch
      flight.isOwn = true
      return Effect.result(
        Effect.andThen(
          rateLimits.takeFromProject(request.project_id, caller_id),
          queueOf(upstream.region).enter<CloudResponse, ShowBackupError, never>(
            caller_id,
            isListRequest(request) ? upstream.listBackups(request) : upstream.showBackup(request)
          )
        )
      )
    }

    /** Forgets, here and at other replicas, what an answer outdates. */
    const outdate = (key: string, newer: Statement): Effect.Effect<void> => {
      const place = placeOf(key)
      for (const { meanwhile, fetch } of underWay) {
        if (fetch.stores && fetch.key !== key && placeOf(fetch.key) === place) meanwhile.push(newer)
      }
      const outdated = outdatedBy(key, newer, store)
      for (const other of outdated) forgetHere(other)
      return outdated.length === 0 ? Effect.void : Effect.forEach(outdated, shared.forget, { discard: true })
    }
    /** Whether nothing newer has been said while the call was under way. */
    const isNewest = ({ meanwhile, fetch: { key } }: Flight, entry: CacheEntry): boolean =>
      meanwhile.length === 0 || !meanwhile.some((newer) => isOutdated(statementOf(key, entry), newer))

    /** A call of which the answer is for the requests that wait for it, and is not stored. */
    const fetchUnstored = (flight: Flight): Effect.Effect<FetchResult> =>
      Effect.flatMap(callCloud(flight), (result) => {
        const { key } = flight.fetch
        const at = clock.currentTimeMillisUnsafe()
        if (Result.isSuccess(result)) {
          const entry = writer.entryOf(key, { answer: Result.succeed(result.success), wasLeaving: false }, at)
          return Effect.flatMap(entry, (entry) =>
            Effect.as(outdate(key, statementOf(key, entry)), { outcome: outcomeOf(entry), stored: false })
          )
        }
        writer.fail(key, result.failure, at)
        const forgotten = endsAll(result.failure) ? shared.forget(key) : Effect.void
        const outdated = failureClassOf(result.failure) === "notFound" ? outdate(key, goneAt(key, at)) : Effect.void
        return Effect.as(Effect.andThen(outdated, forgotten), { outcome: Result.fail(result.failure), stored: false })
      })

    /** A call that this replica makes for all. */
    const fetchForAll = (
      flight: Flight,
      { release, version }: Extract<FetchLease, { _tag: "Granted" }>
    ): Effect.Effect<FetchResult> =>
      Effect.flatMap(callCloud(flight), (result) => {
        const { key } = flight.fetch
        const at = clock.currentTimeMillisUnsafe()
        const answer = answerOf(result)
        if (Result.isFailure(answer)) {
          const error = answer.failure
          const counts = isCurrent(flight)
          if (counts) writer.fail(key, error, at)
          // That this replica is too busy tells the others nothing.
          const settlement: FetchLeaseResult =
            error._tag === "ProxyError"
              ? { _tag: "Withdrawn" }
              : { _tag: "Failed", error, isLast: counts && endsAll(error) }
          return Effect.as(release(settlement), { outcome: Result.fail(error), stored: false })
        }
        const answered = { answer: answer.success, wasLeaving: store.peek(key)?.leaving ?? false }
        return Effect.flatMap(writer.entryOf(key, answered, at, version), (entry) => {
          const milliseconds = entry.freshness.usableUntil - at
          const isLatest = isNewest(flight, entry)
          const stored = isCurrent(flight) && milliseconds > 0 && isLatest
          if (stored) writer.put(key, entry)
          const fetched = { outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" }
          const settlement: FetchLeaseResult = isLatest
            ? { _tag: "Answered", answered, milliseconds }
            : { _tag: "Withdrawn" }
          return Effect.as(Effect.andThen(outdate(key, statementOf(key, entry)), release(settlement)), fetched)
        })
      })

    /** Keeps another replica's answer, unless there is a newer one. */
    const takeOver = (key: string, { at, version, ...answered }: SharedEntry, may: boolean) =>
      Effect.map(writer.entryOf(key, answered, at, version), (entry): TakeOverResult => {
        const before = store.peek(key)
        const others = outdatedBy(key, statementOf(key, entry), store)
        const isLatest = [before, ...others.map(store.peek)].every((other) => other === undefined || other.at <= at)
        const stored = may && isLatest
        if (stored) writer.put(key, entry)
        if (isLatest) for (const other of others) forgetHere(other)
        return { isLatest, fetched: { outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" } }
      })

    const fetchShared = Effect.fnUntraced(function* (
      flight: Flight
    ): Effect.fn.Return<FetchResult, never, Scope.Scope> {
      const { key, known } = flight.fetch
      const claim = yield* shared.acquire(key, known)
      switch (claim._tag) {
        case "Granted":
          return yield* fetchForAll(flight, claim)
        case "Failed": {
          if (isCurrent(flight)) writer.fail(key, claim.error, clock.currentTimeMillisUnsafe())
          return { outcome: Result.fail(claim.error), stored: false }
        }
        case "Found": {
          const { isLatest, fetched } = yield* takeOver(key, claim.value, isCurrent(flight))
          return claim.isAwaited && isLatest ? fetched : { ...fetched, found: claim.value.version }
        }
      }
    })

    /** The one call for all equal requests. */
    const run = (flight: Flight): Effect.Effect<FetchResult> =>
      flight.fetch.stores ? Effect.scoped(fetchShared(flight)) : fetchUnstored(flight)

    const idOf = ({ key, stores }: FetchRequest): string => (stores ? key : `${key}\nunstored`)
    const end = (flight: Flight) => {
      const id = idOf(flight.fetch)
      if (joinable.get(id) === flight) joinable.delete(id)
      if (isCurrent(flight)) current.delete(flight.fetch.key)
      underWay.delete(flight)
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
      joinable.set(idOf(flight.fetch), flight)
      underWay.add(flight)
      if (flight.fetch.stores) current.set(flight.fetch.key, flight)
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
        end(flight)
        flight.fiber?.interruptUnsafe()
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
      const flight = current.get(key)
      current.delete(key)
      writer.forget(key)
      if (flight !== undefined && joinable.get(idOf(flight.fetch)) === flight) joinable.delete(idOf(flight.fetch))
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
      look: follower.look,
      forget,
      gone: (key) =>
        Effect.andThen(
          forget(key),
          Effect.suspend(() => outdate(key, goneAt(key, clock.currentTimeMillisUnsafe())))
        )
    }
  })

/** Whether what was known before is over, at every replica. */
const endsAll = (error: FetchError): boolean => {
  const failureClass = failureClassOf(error)
  return failureClass === "notFound" || failureClass === "denied"
}

/** That there is no backup is an answer like another; what is not is a failure. */
const answerOf = <A>(
  result: Result.Result<A, FetchError>
): Result.Result<Result.Result<A, Extract<FetchError, { _tag: "BackupNotFound" }>>, FetchError> => {
  if (Result.isSuccess(result)) return Result.succeed(Result.succeed(result.success))
  const { failure } = result
  return failure._tag === "BackupNotFound" ? Result.succeed(Result.fail(failure)) : Result.fail(failure)
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
