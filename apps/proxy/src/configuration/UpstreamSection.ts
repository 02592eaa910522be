import { defaultResiliencePolicy, type ResiliencePolicy } from "@cbr/client"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { count, defaulted, section } from "../policy/SettingSchema.ts"

const { circuit, concurrency, largestBody, rateLimit, retryBudget } = defaultResiliencePolicy

/**
 * Each setting with its default. Callers have deadlines of their own, mostly
 * of 10 s or more, and rather hear "come back in 20 s" than wait.
 */
const settings = {
  attempt_timeout_ms: [count(1, 60_000, "Maximum time of one attempt, in milliseconds"), 3_000],
  call_timeout_ms: [count(1, 60_000, "Maximum time of a call with all its attempts, in milliseconds"), 9_000],
  retries: [count(0, 5, "Attempts after the first"), 2],
  backoff_ms: [count(1, 60_000, "Wait before the first retry, in milliseconds; doubled for each one after"), 100],
  longest_retry_after_ms: [
    count(0, 60_000, "The longest Retry-After that the proxy waits for, in milliseconds"),
    2_000
  ],
  retry_percent: [
    count(0, 100, "Maximum retries for a hundred calls of one project, beyond `retry_reserve`"),
    Math.round(100 * (retryBudget?.ratio ?? 1))
  ],
  retry_reserve: [
    count(0, 1_000, "Retries in reserve at the start, and the maximum reserve"),
    retryBudget?.reserve ?? 0
  ],
  circuit_failures: [
    count(0, 1_000, "Failed calls of one project in a row that open its circuit; 0 for never"),
    circuit?.failures ?? 0
  ],
  circuit_open_seconds: [
    count(1, 300, "How long an open circuit lets no call through, in seconds; then one call tries"),
    10
  ],
  requests_per_second: [
    count(1, 10_000, "Maximum requests a second for one project; others wait their turn"),
    rateLimit?.requests ?? 200
  ],
  concurrency: [count(1, 10_000, "Maximum requests for one project at a time; others wait their turn"), concurrency],
  largest_body_bytes: [count(1_024, 64 * 1024 * 1024, "Maximum size of an answer, in bytes"), largestBody]
} as const satisfies Record<string, readonly [ReturnType<typeof count>, number]>

const fieldsOf = <Field>(fieldOf: (schema: ReturnType<typeof count>, value: number) => Field) =>
  Object.fromEntries(Object.entries(settings).map(([name, [schema, value]]) => [name, fieldOf(schema, value)])) as {
    readonly [Name in keyof typeof settings]: Field
  }

/** The patience of the proxy with the cloud. */
export const UpstreamSection = section(fieldsOf(defaulted), "Limits of calls to the cloud, unless `regions` has others")

/** The settings in which a region needs another patience. */
export const RegionUpstreamSection = Schema.Struct(fieldsOf((schema) => Schema.optionalKey(schema))).annotate({
  description: "Limits of calls to this region; a missing one is that of `upstream`"
})

/** The policy of the client that these settings describe. */
export const resiliencePolicy = (upstream: typeof UpstreamSection.Type): ResiliencePolicy => ({
  attemptTimeout: Duration.millis(upstream.attempt_timeout_ms),
  callTimeout: Duration.millis(upstream.call_timeout_ms),
  retries: upstream.retries,
  backoff: Duration.millis(upstream.backoff_ms),
  longestRetryAfter: Duration.millis(upstream.longest_retry_after_ms),
  largestBody: upstream.largest_body_bytes,
  retryBudget: { ratio: upstream.retry_percent / 100, reserve: upstream.retry_reserve },
  rateLimit: { requests: upstream.requests_per_second, window: Duration.seconds(1) },
  concurrency: upstream.concurrency,
  circuit:
    upstream.circuit_failures === 0
      ? undefined
      : { failures: upstream.circuit_failures, openFor: Duration.seconds(upstream.circuit_open_seconds) }
})
