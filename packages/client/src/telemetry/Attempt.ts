import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as References from "effect/References"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * One request and its result. Holds no key, token or signature.
 * @category Telemetry
 * @since 0.1.0
 */
export interface Attempt {
  readonly method: string
  /** The address, without a fragment. */
  readonly url: string
  /** 1 for the first request of a call. */
  readonly number: number
  /** Time from sending to the end of the answer's body. */
  readonly duration: Duration.Duration
  /** HTTP status of the answer; absent when there was none. */
  readonly status_code?: number
  /** The service's id of the call. */
  readonly request_id?: string
  /** Kind of the error, or `Interrupted` when the caller left; absent on success. */
  readonly error?: ShowBackupError["_tag"] | "Interrupted"
  /** Wait before the call's next attempt; absent if this is the last. */
  readonly wait?: Duration.Duration
}

/**
 * The hook that hears every request as soon as the client knows the next step: each attempt of a call, and each call to
 * IAM. Provide another hook to watch a client at work; the call waits for it.
 *
 * @example
 * ```ts
 * Layer.succeed(OnAttempt, ({ method, number, status_code, url }) =>
 *   Console.error(`#${number} ${method} ${url}: ${status_code ?? "no answer"}`)
 * )
 * ```
 * @category Telemetry
 * @since 0.1.0
 */
export const OnAttempt = Context.Reference<(attempt: Attempt) => Effect.Effect<void>>("@cbr/client/OnAttempt", {
  defaultValue: () => () => Effect.void
})

/** Tells a hook, by default the `OnAttempt` of the context, and the log at level debug. */
export const tell = (attempt: Attempt, onAttempt?: (attempt: Attempt) => Effect.Effect<void>): Effect.Effect<void> =>
  Effect.withFiber((fiber) => {
    const told = (onAttempt ?? fiber.getRef(OnAttempt))(attempt)
    const isLogged = LogLevel.isLessThanOrEqualTo(fiber.getRef(References.MinimumLogLevel), "Debug")
    return isLogged ? Effect.andThen(told, Effect.logDebug(sentence(attempt))) : told
  })

const sentence = ({ duration, error, method, number, request_id, status_code, url, wait }: Attempt): string =>
  [
    `attempt ${number}: ${method} ${url}`,
    [status_code, error].filter((part) => part !== undefined).join(" "),
    `in ${Math.round(Duration.toMillis(duration))} ms`,
    ...(request_id === undefined ? [] : [`request id ${request_id}`]),
    ...(wait === undefined ? [] : [`again in ${Math.round(Duration.toMillis(wait))} ms`])
  ].join(", ")

/** The place of a request in its call, and the hooks that hear its outcome. */
export interface CallInProgress {
  /** Requests that were sent before this one for the same call. */
  readonly resends: number
  /** Hears the result of the request when it ends. */
  readonly report: (exchange: AttemptResult) => Effect.Effect<void>
  /** Hears of a refusal whose body was still coming when the call was cut off. */
  readonly cutOff: (refusal: ShowBackupError) => Effect.Effect<void>
}

/** The result of a request when it ends. Its call adds the number and the wait that follows. */
export type AttemptResult = Omit<Attempt, "number" | "wait">

/** A request that belongs to no call of several. */
export const ownCall: CallInProgress = {
  resends: 0,
  report: (exchange) => tell({ ...exchange, number: 1 }),
  cutOff: () => Effect.void
}
