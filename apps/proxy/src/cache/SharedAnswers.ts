import type { ShowBackupError } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { type Acquired, type Change, makeLeasedValues } from "../store/LeasedValues.ts"
import { type Held, Store } from "../store/Store.ts"
import { sharedCalls, unusableValues } from "../store/StoreMetrics.ts"
import type { CloudAnswer } from "./CloudAnswer.ts"
import * as CloudAnswerCodec from "./CloudAnswerCodec.ts"

/** An answer that another replica had. */
export interface SharedEntry extends CloudAnswer {
  /** When the cloud gave it, in milliseconds since 1970 by this machine's clock. */
  readonly at: number
  /** Differs from that of every other answer. */
  readonly version: string
}

/** The end of a call, for the other replicas. */
export type FetchLeaseResult =
  /** `milliseconds`: how long any caller may use the answer. */
  | { readonly _tag: "Answered"; readonly answered: CloudAnswer; readonly milliseconds: number }
  /** `isLast`: no earlier answer may be used after it. */
  | { readonly _tag: "Failed"; readonly error: ShowBackupError; readonly isLast: boolean }
  /** The result is for this replica alone. */
  | { readonly _tag: "Withdrawn" }

/** The store's reply to a replica that wants to call the cloud. */
export type FetchLease =
  /** There is a newer answer; `isAwaited` when it was not there yet as the claim was made. */
  | { readonly _tag: "Found"; readonly value: SharedEntry; readonly isAwaited: boolean }
  /** Another replica's call failed while this one waited for it. */
  | { readonly _tag: "Failed"; readonly error: ShowBackupError }
  /** This replica makes the call; its answer has this version. `release` tells the others the end, and waits for none. */
  | {
      readonly _tag: "Granted"
      readonly version: string
      readonly release: (settlement: FetchLeaseResult) => Effect.Effect<void>
    }

/** The lease of the only replica. */
const alone: Exit.Exit<FetchLease> = Exit.succeed({ _tag: "Granted", version: "", release: () => Effect.void })

type Granted = Extract<Acquired<unknown>, { readonly token: string }>

/** Life of a lease without renewal, and the interval of renewals, in milliseconds. */
const leaseLife = 3_000
const renewal = 1_000

/** Time between two tries to end a lease that the store did not take the end of, in milliseconds. */
const betweenTries = 250

/** Least life of an answer in the store, in milliseconds: replicas that wait read it, even if no later request may. */
const minLife = 1_000

/**
 * The answers that the replicas on a store share, by the cache's keys. Nothing here
 * fails: a replica that can reach no store, or that is the only one, is granted
 * every lease and hears nothing.
 */
export class SharedAnswers extends Context.Service<
  SharedAnswers,
  {
    /**
     * Asks for the right to call the cloud, for one replica at a time. While
     * another has it, this waits for the end of that one's call. The right ends
     * with the scope. The only replica's is an `Exit`.
     *
     * @param known the version of the answer that this replica has and wants a newer one than
     */
    readonly acquire: (key: string, known: string | undefined) => Effect.Effect<FetchLease, never, Scope.Scope>
    /** The newest answer, if there is one. */
    readonly look: (key: string) => Effect.Effect<SharedEntry | undefined>
    /** Forgets a backup at every replica; a call that is under way for it is not stored. */
    readonly forget: (key: string) => Effect.Effect<void>
    /** The changes that other replicas tell, from now on. */
    readonly changes: Stream.Stream<Change>
  }
>()("@cbr/proxy/SharedAnswers") {
  static readonly layer: Layer.Layer<SharedAnswers, never, Store | SecureRandom.SecureRandom> = Layer.effect(
    SharedAnswers,
    Effect.gen(function* () {
      const { isShared } = yield* Store
      const scope = yield* Effect.scope
      const values = yield* makeLeasedValues("answer")

      /** Reads a value of the store. Its age is by the store's clock alone. */
      const readOf = (key: string) =>
        Effect.fnUntraced(function* ({ left, life, value, version }: Held) {
          const answered = value === undefined ? undefined : yield* CloudAnswerCodec.decode(key, value)
          const age = life - left
          if (answered !== undefined && left >= 0 && age >= 0) {
            const entry: SharedEntry = { ...answered, version, at: (yield* Clock.currentTimeMillis) - age }
            return entry
          }
          yield* Metric.update(unusableValues, 1)
          return undefined
        })

      /** Ends a lease: a lost end would leave the replicas that wait to the lease's own end, so it is told until then. */
      const release = (key: string, token: string, failure?: Extract<FetchLeaseResult, { readonly _tag: "Failed" }>) =>
        values
          .release(key, token, failure)
          .pipe(Effect.retry(Schedule.spaced(betweenTries)), Effect.timeoutOption(leaseLife))

      const settle = (key: string, token: string, settlement: FetchLeaseResult) => {
        switch (settlement._tag) {
          case "Answered": {
            const value = CloudAnswerCodec.encode(key, settlement.answered)
            const milliseconds = Math.max(minLife, Math.floor(settlement.milliseconds))
            // A later write would make the answer younger than it is.
            return values.write(key, { token, value, milliseconds }).pipe(Effect.catch(() => release(key, token)))
          }
          case "Failed":
            return release(key, token, settlement)
          case "Withdrawn":
            return release(key, token)
        }
      }

      /** The right to call, until it is settled or the scope ends. */
      const granted = Effect.fnUntraced(function* (key: string, { _tag, token }: Granted) {
        yield* Metric.update(sharedCalls[_tag === "Granted" ? "led" : "alone"], 1)
        let isSettled = false
        const end = (settlement: FetchLeaseResult) =>
          Effect.suspend(() => {
            if (isSettled) return Effect.void
            isSettled = true
            return Effect.asVoid(Effect.forkIn(Effect.ignore(settle(key, token, settlement)), scope))
          })
        yield* Effect.addFinalizer(() => end({ _tag: "Withdrawn" }))
        yield* values
          .renew(key, token, leaseLife)
          .pipe(Effect.ignore, Effect.schedule(Schedule.spaced(renewal)), Effect.forkScoped)
        const lease: FetchLease = { _tag: "Granted", version: token, release: end }
        return lease
      })

      const acquire: SharedAnswers["Service"]["acquire"] = Effect.fnUntraced(function* (key, known) {
        const acquired = yield* values.acquire(key, { known, milliseconds: leaseLife, read: readOf(key) })
        switch (acquired._tag) {
          case "Found":
            yield* Metric.update(sharedCalls[acquired.isAwaited ? "followed" : "found"], 1)
            return acquired
          case "Failed":
            yield* Metric.update(sharedCalls.followed, 1)
            return acquired
          case "Granted":
          case "Alone":
            return yield* granted(key, acquired)
        }
      })

      return SharedAnswers.of({
        // Where there is no other replica, none waits for how a call ends.
        acquire: isShared ? acquire : () => alone,
        look: (key) =>
          Effect.flatMap(values.look(key), (held) => (held === undefined ? Effect.undefined : readOf(key)(held))),
        forget: values.forget,
        changes: values.changes
      })
    })
  )
}
