import { TimedOut } from "@cbr/client"
import * as Clock from "effect/Clock"
import type * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Quotas } from "../callers/Quotas.ts"
import { type FairQueue, type FairQueueLimits, makeFairQueue } from "../upstream/FairQueue.ts"
import type { CacheStore } from "./CacheStore.ts"
import { meaningOf } from "./FailureMeaning.ts"
import type { Flight } from "./Flight.ts"
import { makeLearning } from "./Learning.ts"
import { type Change, type Claim, type SharedAnswer, SharedAnswers } from "./SharedAnswers.ts"
import { outcomeOf, type Shown, type ShowFailed } from "./Shown.ts"

/** What a wish came to. */
export interface Landed {
  readonly outcome: Shown["outcome"]
  /** Whether it is there for who asks next. */
  readonly stored: boolean
  /** The version of an answer that another replica had already: it may not do for everybody who waits. */
  readonly found?: string | undefined
}

/** The calls to the cloud that are under way, and what the store learns from them. */
export interface Flights {
  /** Waits for the call of this wish, or of an equal one, for so many milliseconds. */
  readonly join: (flight: Flight, patience: number) => Effect.Effect<Landed>
  /** Takes over what another replica knows; whether there was anything. */
  readonly look: (key: string) => Effect.Effect<boolean>
  /** Forgets an entry, here and at other replicas; a call that is under way for it is not stored. */
  readonly forget: (key: string) => Effect.Effect<void>
}

/**
 * At most one call is under way for equal wishes, whichever replica makes it.
 * It takes its turn among the callers and from the project's quota, and is
 * given up when nobody here waits for it any more.
 */
export const makeFlights = (
  store: CacheStore,
  queue: FairQueueLimits
): Effect.Effect<Flights, never, Digest.Digest | Quotas | Scope.Scope> =>
  Effect.gen(function* () {
    const quotas = yield* Quotas
    const shared = yield* SharedAnswers
    const learning = yield* makeLearning(store)
    const queues = new Map<string, FairQueue>()
    /** Whose answer may be stored, by key. */
    const current = new Map<string, Flight>()
    const isCurrent = (flight: Flight) => current.get(flight.key) === flight

    const queueOf = (region: string): FairQueue => {
      const existing = queues.get(region) ?? makeFairQueue(queue)
      queues.set(region, existing)
      return existing
    }

    /** Makes the call, in its turn. */
    const call = ({ caller_id, request, upstream }: Flight) =>
      Effect.result(
        Effect.andThen(
          quotas.takeFromProject(request.project_id, caller_id),
          queueOf(upstream.region).enter(caller_id, upstream.showBackup(request))
        )
      )

    /** A call whose answer is for nobody but those who wait for it. */
    const flyUnstored = Effect.fnUntraced(function* (flight: Flight): Effect.fn.Return<Landed> {
      const { key } = flight
      const result = yield* call(flight)
      const at = yield* Clock.currentTimeMillis
      if (Result.isSuccess(result)) {
        const entry = yield* learning.entryOf(key, { answer: Result.succeed(result.success), wasLeaving: false }, at)
        return { outcome: outcomeOf(entry), stored: false }
      }
      yield* learning.fail(key, result.failure, at)
      if (endsAll(result.failure)) yield* shared.forget(key)
      return { outcome: Result.fail(result.failure), stored: false }
    })

    /** A call that this replica makes for all. */
    const flyForAll = Effect.fnUntraced(function* (
      flight: Flight,
      { settle, version }: Extract<Claim, { _tag: "Granted" }>
    ): Effect.fn.Return<Landed> {
      const { key } = flight
      flight.leads = true
      const result = yield* call(flight)
      const at = yield* Clock.currentTimeMillis
      const answer = answerOf(result)
      if (Result.isFailure(answer)) {
        const error = answer.failure
        const counts = isCurrent(flight)
        if (counts) yield* learning.fail(key, error, at)
        // That this replica is too busy tells the others nothing.
        yield* settle(
          error._tag === "Refusal" ? { _tag: "Withdrawn" } : { _tag: "Failed", error, isLast: counts && endsAll(error) }
        )
        return { outcome: Result.fail(error), stored: false }
      }
      const answered = { answer: answer.success, wasLeaving: store.peek(key)?.leaving ?? false }
      const entry = yield* learning.entryOf(key, answered, at, version)
      const milliseconds = entry.lifetime.usableUntil - at
      const stored = isCurrent(flight) && milliseconds > 0
      if (stored) yield* learning.put(key, entry)
      yield* settle({ _tag: "Answered", answered, milliseconds })
      return { outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" }
    })

    /** Keeps another replica's answer, unless there is a newer one. */
    const takeOver = Effect.fnUntraced(function* (
      key: string,
      { at, version, ...answered }: SharedAnswer,
      may: boolean
    ) {
      const entry = yield* learning.entryOf(key, answered, at, version)
      const before = store.peek(key)
      const stored = may && (before === undefined || before.at <= at)
      if (stored) yield* learning.put(key, entry)
      return { outcome: outcomeOf(entry), stored: stored && entry._tag === "Present" }
    })

    const flyShared = Effect.fnUntraced(function* (flight: Flight): Effect.fn.Return<Landed, never, Scope.Scope> {
      const { key, known } = flight
      current.set(key, flight)
      const claim = yield* shared.claim(key, known)
      switch (claim._tag) {
        case "Granted":
          return yield* flyForAll(flight, claim)
        case "Failed": {
          if (isCurrent(flight)) yield* learning.fail(key, claim.error, yield* Clock.currentTimeMillis)
          return { outcome: Result.fail(claim.error), stored: false }
        }
        case "Found": {
          const landed = yield* takeOver(key, claim.shared, isCurrent(flight))
          return claim.isAwaited ? landed : { ...landed, found: claim.shared.version }
        }
      }
    })

    /** The one call for all who have the same wish. */
    const fly = (flight: Flight): Effect.Effect<Landed> =>
      flight.stores
        ? Effect.ensuring(
            Effect.scoped(flyShared(flight)),
            Effect.sync(() => void (isCurrent(flight) && current.delete(flight.key)))
          )
        : Effect.suspend(() => {
            flight.leads = true
            return flyUnstored(flight)
          })

    const flights = yield* RcMap.make({ lookup: fly })

    const forgetHere = (key: string) =>
      Effect.suspend(() => {
        const flight = current.get(key)
        current.delete(key)
        looks.delete(key)
        renewed.delete(key)
        return Effect.andThen(
          learning.forget(key),
          flight === undefined ? Effect.void : RcMap.invalidate(flights, flight)
        )
      })

    /** Looks under way, by key; a key that is forgotten meanwhile gets nothing of what they find. */
    const looks = new Map<string, object>()
    const look = Effect.fnUntraced(function* (key: string) {
      const own = {}
      looks.set(key, own)
      const answer = yield* shared.look(key)
      const isWanted = looks.get(key) === own
      if (isWanted) looks.delete(key)
      if (answer !== undefined) yield* takeOver(key, answer, isWanted)
      return answer !== undefined
    })

    /** What others have a newer answer of: each is looked at once, however often that is told. */
    const renewed = new Set<string>()
    const hasRenewed = yield* Queue.sliding<void>(1)

    /** What another replica has learnt counts here for what is here. Nothing that is told waits for a look. */
    const follow = Effect.fnUntraced(function* (change: Change) {
      const { key } = change
      switch (change._tag) {
        case "Forgotten":
          return yield* forgetHere(key)
        case "Failed":
          return yield* learning.fail(key, change.error, yield* Clock.currentTimeMillis)
        case "Stored": {
          if (store.peek(key) === undefined) return
          renewed.add(key)
          yield* Queue.offer(hasRenewed, undefined)
        }
      }
    })
    yield* Effect.forkScoped(Stream.runForEach(shared.changes, follow), { startImmediately: true })
    yield* Queue.take(hasRenewed).pipe(
      Effect.flatMap(() => {
        const keys = [...renewed]
        renewed.clear()
        return Effect.forEach(keys, (key) => Effect.ignoreCause(look(key)), { concurrency: looksAtOnce, discard: true })
      }),
      Effect.forever,
      Effect.forkScoped
    )

    return {
      join: (flight, patience) =>
        Effect.scoped(RcMap.get(flights, flight)).pipe(
          Effect.timeoutOrElse({
            duration: Duration.millis(patience),
            orElse: () => Effect.succeed({ outcome: Result.fail(outOfTime(patience)), stored: false })
          })
        ),
      look,
      forget: (key) => Effect.andThen(forgetHere(key), shared.forget(key))
    }
  })

/** Enough to hide the round trip to the store. */
const looksAtOnce = 16

/** Whether what was known before is over, at every replica. */
const endsAll = (error: ShowFailed): boolean => {
  const meaning = meaningOf(error)
  return meaning === "gone" || meaning === "revoked"
}

/** That there is no backup is an answer like another; what is not is a failure. */
const answerOf = <A>(
  result: Result.Result<A, ShowFailed>
): Result.Result<Result.Result<A, Extract<ShowFailed, { _tag: "BackupNotFound" }>>, ShowFailed> => {
  if (Result.isSuccess(result)) return Result.succeed(Result.succeed(result.success))
  const { failure } = result
  return failure._tag === "BackupNotFound" ? Result.succeed(Result.fail(failure)) : Result.fail(failure)
}

const outOfTime = (patience: number) =>
  new TimedOut({ detail: { code: "no-answer-for-caller", milliseconds: patience }, limit: "call" })
