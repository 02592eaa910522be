import { omitUndefined } from "@cbr/domain"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Scope from "effect/Scope"
import { logDetail } from "../errors/FailureText.ts"
import { ServiceUnavailable, type ShowBackupError } from "../errors/ShowBackupError.ts"
import { circuitState } from "../telemetry/ClientMetrics.ts"
import type { CircuitPolicy } from "./ResiliencePolicy.ts"

/**
 * Whether an endpoint is called at all.
 * @category Resilience
 * @since 0.1.0
 */
export interface CircuitState {
  /** `Closed`: called. `Open`: left alone. `HalfOpen`: one call is trying it. */
  readonly state: "Closed" | "HalfOpen" | "Open"
  /** Seconds until it is tried again; only while open. */
  readonly retry_after?: number
}

/** A circuit breaker around the calls to one endpoint. */
export interface Circuit {
  /** The call with all its attempts; while the circuit is open, `ServiceUnavailable` without sending anything. */
  readonly guard: Guard
  readonly state: Effect.Effect<CircuitState>
  /** Whether a call that succeeds would change nothing: the circuit is closed, and the last call did not fail. */
  readonly isSteady: () => boolean
  /** Guards the rest of a call that begins unguarded now, while the circuit is steady. */
  readonly unguarded: () => Guard
}

/** Counts the outcome of a call. */
export type Guard = <A, R>(call: Effect.Effect<A, ShowBackupError, R>) => Effect.Effect<A, ShowBackupError, R>

/** A closed circuit for the endpoint at `origin`; without a policy it never opens. */
export const make = Effect.fnUntraced(function* (
  policy: CircuitPolicy | undefined,
  origin: string
): Effect.fn.Return<Circuit> {
  if (policy === undefined)
    return {
      guard: (call) => call,
      state: Effect.succeed({ state: "Closed" }),
      isSteady: () => true,
      unguarded: () => (call) => call
    }
  // Made for the first failure: before it there is nothing to count, and most programs never need it.
  let breaker: CircuitBreaker.CircuitBreaker | undefined
  const madeBreaker = yield* makeBreaker(policy).pipe(
    Effect.tap((made) => Effect.sync(() => (breaker = made))),
    Effect.cached
  )
  const { host, hostname } = new URL(origin)
  const gauge = Metric.withAttributes(circuitState, { "server.address": hostname })
  let lastFault: ShowBackupError | undefined
  let known: CircuitState["state"] = "Closed"
  /** Times that the circuit has left its closed state. */
  let openings = 0
  /** Failed calls, and how many there had been at the last one that succeeded. */
  let faults = 0
  let faultsBefore = 0
  /** The faults after which a success was counted. */
  let settled = 0

  const state: Effect.Effect<CircuitState> = Effect.suspend(() =>
    breaker === undefined
      ? Effect.succeed<CircuitState>({ state: "Closed" })
      : Effect.map(Effect.orDie(breaker.state(origin)), (found) =>
          found._tag === "Open" ? { state: "Open", retry_after: seconds(found.retryAfter) } : { state: found._tag }
        )
  )

  const observe = Effect.flatMap(state, ({ state }) => {
    if (state === known) return Effect.void
    known = state
    if (state !== "Closed") openings++
    return Effect.andThen(
      Metric.update(gauge, stateNumbers[state]),
      logDetail(state === "Closed" ? "Info" : "Warn", { code: "circuit-is", host, state })
    )
  })

  const classify = (exit: Exit.Exit<unknown, ShowBackupError>): CircuitBreaker.Outcome => {
    if (Exit.isSuccess(exit)) {
      faultsBefore = faults
      return CircuitBreaker.success
    }
    const failure = Cause.findErrorOption(exit.cause)
    if (failure._tag === "None") return CircuitBreaker.ignored
    const outcome = outcomeOf(failure.value)
    if (outcome._tag === "Failure") {
      lastFault = failure.value
      faults++
    }
    return outcome
  }

  const refusal = (reason: CircuitBreaker.CircuitBreakerErrorReason) => {
    const isTried = reason._tag === "CircuitHalfOpen"
    const retry_after = reason._tag === "CircuitOpen" ? seconds(reason.retryAfter) : 1
    return new ServiceUnavailable({
      detail: {
        code: "circuit-open",
        host,
        ...(isTried ? {} : { seconds: retry_after }),
        ...omitUndefined({ last: lastFault?.detail })
      },
      retry_after,
      attempts: 0
    })
  }

  const guardBy = <A, R>(breaker: CircuitBreaker.CircuitBreaker, call: Effect.Effect<A, ShowBackupError, R>) =>
    breaker.execute(call, { key: origin, classify }).pipe(
      Effect.catchTag("CircuitBreakerError", ({ reason }) => Effect.fail(refusal(reason))),
      Effect.ensuring(observe),
      Effect.tap(() =>
        Effect.sync(() => {
          if (known === "Closed") settled = faultsBefore
        })
      )
    )

  /** The outcome of a call that was not guarded. Once the circuit has opened, it is of the time before. */
  const count = (exit: Exit.Exit<unknown, ShowBackupError>, before: number) =>
    Effect.flatMap(madeBreaker, (breaker) => (openings > before ? Effect.void : Effect.exit(guardBy(breaker, exit))))

  /** For a call that begins now and is not guarded. */
  const unguarded = (): Guard => {
    const before = openings
    return (call) =>
      Effect.onExit(call, (exit) =>
        breaker === undefined && classify(exit)._tag !== "Failure" ? Effect.void : count(exit, before)
      )
  }

  return {
    guard: (call) => Effect.suspend(() => (breaker !== undefined ? guardBy(breaker, call) : unguarded()(call))),
    state,
    isSteady: () => settled === faults,
    unguarded
  }
})

const makeBreaker = Effect.fnUntraced(function* ({ failures, openFor }: CircuitPolicy) {
  // Never closed, for there is nothing to close: it would only end a stream of transitions without a reader.
  const scope = yield* Scope.make()
  return yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failures),
    openDuration: openFor,
    maxOpenDuration: longestOpen
  }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()), Scope.provide(scope))
})

/**
 * Whether a call was not made because its circuit is open.
 * @category Resilience
 * @since 0.1.0
 */
export const isCircuitOpen = (error: ShowBackupError): boolean =>
  error._tag === "ServiceUnavailable" && error.attempts === 0 && error.status_code === undefined

/** The longest that a service's `Retry-After` keeps a circuit open. */
const longestOpen = Duration.minutes(5)

const stateNumbers = { Closed: 0, HalfOpen: 1, Open: 2 } as const

const seconds = (duration: Duration.Duration): number => Math.ceil(Duration.toSeconds(duration))

/**
 * The outcome of a failed call for the endpoint. Throttling, and a failure before anything was sent, are ignored; any
 * other answer shows that the endpoint lives.
 */
const outcomeOf = (error: ShowBackupError): CircuitBreaker.Outcome => {
  if (error.attempts === 0 || error.status_code === 429) return CircuitBreaker.ignored
  switch (error._tag) {
    case "ServiceUnavailable":
    case "ConnectionFailed":
    case "TimedOut":
      return CircuitBreaker.failure(
        error.retry_after === undefined ? {} : { retryAfter: Duration.seconds(error.retry_after) }
      )
    case "RateLimited":
    case "InvalidRequest":
    case "NoCredentials":
      return CircuitBreaker.ignored
    default:
      return CircuitBreaker.success
  }
}
