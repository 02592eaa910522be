import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/**
 * How long and how often one `showBackup` tries.
 */
export interface ResiliencePolicy {
  /** Longest time for one attempt: connect, wait, and read the whole body. */
  readonly attemptTimeout: Duration.Duration
  /** Longest time for the call: every attempt and every wait between them. */
  readonly deadline: Duration.Duration
  /** Attempts after the first. Only failures that a retry can help are retried. */
  readonly retries: number
  /** Wait before the first retry; doubled for each one after, and varied by a fifth either way. */
  readonly backoff: Duration.Duration
  /** The longest `Retry-After` that is waited for; beyond it the call fails at once and says when to come back. */
  readonly longestRetryAfter: Duration.Duration
  /** Largest body that is read, in bytes. */
  readonly largestBody: number
}

/**
 * The policy in force: 10 s an attempt, 30 s in all, 3 retries from 200 ms,
 * `Retry-After` up to 30 s, bodies up to 16 MiB. Provide another to change it.
 *
 * @example
 * ```ts
 * Layer.succeed(ResiliencePolicy, { ...defaultResiliencePolicy, deadline: Duration.seconds(5) })
 * ```
 */
export const defaultResiliencePolicy: ResiliencePolicy = {
  attemptTimeout: Duration.seconds(10),
  deadline: Duration.seconds(30),
  retries: 3,
  backoff: Duration.millis(200),
  longestRetryAfter: Duration.seconds(30),
  largestBody: 16 * 1024 * 1024
}

/** The policy in force; {@link defaultResiliencePolicy} unless one is provided. */
export const ResiliencePolicy = Context.Reference<ResiliencePolicy>("@cbr/client/ResiliencePolicy", {
  defaultValue: () => defaultResiliencePolicy
})
