import { maxLength } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/**
 * The retries that a client may add to the load of a service in trouble.
 * @category Resilience
 * @since 0.1.0
 */
export interface RetryBudget {
  /** Retries that each call earns: 0.1 is one for ten calls. */
  readonly ratio: number
  /** Retries at hand from the start, and the most that can be saved up. */
  readonly reserve: number
}

/**
 * The largest rate of a client's requests.
 * @category Resilience
 * @since 0.1.0
 */
export interface RateLimit {
  /** Requests a window; as many may be sent at once after a rest. */
  readonly requests: number
  readonly window: Duration.Duration
}

/**
 * The limit of failures at which a client stops calling an endpoint.
 * @category Resilience
 * @since 0.1.0
 */
export interface CircuitPolicy {
  /** Calls in a row that must fail, each with all its attempts. */
  readonly failures: number
  /** Time without any call then; longer if the service's `Retry-After` says so. One call tries the endpoint afterwards. */
  readonly openFor: Duration.Duration
}

/**
 * The limits of a client's calls: times, retries and rates. Each part can be replaced by itself.
 * @category Resilience
 * @since 0.1.0
 */
export interface ResiliencePolicy {
  /** Longest time for one attempt: connect, wait, and read the whole body. */
  readonly attemptTimeout: Duration.Duration
  /** Longest time for the call: every attempt, every wait between them, and every wait for a turn. */
  readonly callTimeout: Duration.Duration
  /** Attempts after the first. Only failures that a retry can help are retried. */
  readonly retries: number
  /** Wait before the first retry; doubled for each one after, and varied by a fifth either way. */
  readonly backoff: Duration.Duration
  /** The longest `Retry-After` that is waited for; beyond it the call fails at once and says when to come back. */
  readonly longestRetryAfter: Duration.Duration
  /** Largest body that is read, in bytes. */
  readonly largestBody: number
  /** Over all calls of a client, retries are no more than this; `undefined` for any number. */
  readonly retryBudget: RetryBudget | undefined
  /** Over all calls of a client; calls above it wait their turn. `undefined` for no limit. */
  readonly rateLimit: RateLimit | undefined
  /** Requests under way at once, over all calls of a client; calls above it wait their turn. `Infinity` for no limit. */
  readonly concurrency: number
  /** When a failing endpoint is left alone; `undefined` for never. */
  readonly circuit: CircuitPolicy | undefined
}

/**
 * The policy unless another is provided: 10 s an attempt, 30 s in all,
 * 3 retries from 200 ms, `Retry-After` up to 30 s, bodies up to 16 MiB;
 * retries for a tenth of the calls beyond the first ten; 200 requests a second
 * (the limit that the service documents), 64 at once; after 5 failed
 * calls in a row none for 10 s.
 *
 * @example
 * ```ts
 * Layer.succeed(ResiliencePolicy, { ...defaultResiliencePolicy, retries: 1, circuit: undefined })
 * ```
 * @category Resilience
 * @since 0.1.0
 */
export const defaultResiliencePolicy: ResiliencePolicy = {
  attemptTimeout: Duration.seconds(10),
  callTimeout: Duration.seconds(30),
  retries: 3,
  backoff: Duration.millis(200),
  longestRetryAfter: Duration.seconds(30),
  // A text has no more characters than bytes: the client fetches no body that the domain would not read.
  largestBody: maxLength,
  retryBudget: { ratio: 0.1, reserve: 10 },
  rateLimit: { requests: 200, window: Duration.seconds(1) },
  concurrency: 64,
  circuit: { failures: 5, openFor: Duration.seconds(10) }
}

/**
 * The same policy with another call timeout, which no attempt outlasts.
 *
 * @example
 * ```ts
 * withCallTimeout(defaultResiliencePolicy, Duration.seconds(5)).attemptTimeout // 5 s
 * ```
 * @category Resilience
 * @since 0.2.0
 */
export const withCallTimeout = (policy: ResiliencePolicy, callTimeout: Duration.Duration): ResiliencePolicy => ({
  ...policy,
  callTimeout,
  attemptTimeout: Duration.min(policy.attemptTimeout, callTimeout)
})

/**
 * The policy in force; {@link defaultResiliencePolicy} unless one is provided.
 * @category Resilience
 * @since 0.1.0
 */
export const ResiliencePolicy = Context.Reference<ResiliencePolicy>("@cbr/client/ResiliencePolicy", {
  defaultValue: () => defaultResiliencePolicy
})
