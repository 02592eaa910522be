import { defaultResiliencePolicy } from "@cbr/client"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { count, defaulted, section } from "../policy/SettingSchema.ts"

const settings = {
  attempt_timeout_ms: count(1, 60_000, "Maximum time of one attempt, in milliseconds"),
  call_timeout_ms: count(1, 60_000, "Maximum time of a call with all its attempts, in milliseconds"),
  retries: count(0, 5, "Attempts after the first"),
  backoff_ms: count(1, 60_000, "Wait before the first retry, in milliseconds; doubled for each one after"),
  longest_retry_after_ms: count(0, 60_000, "The longest Retry-After that the proxy waits for, in milliseconds"),
  retry_percent: count(0, 100, "Maximum retries for a hundred calls of one project, beyond `retry_reserve`"),
  retry_reserve: count(0, 1_000, "Retries in reserve at the start, and the maximum reserve"),
  circuit_failures: count(0, 1_000, "Failed calls of one project in a row that open its circuit; 0 for never"),
  circuit_open_seconds: count(1, 300, "How long an open circuit lets no call through, in seconds; then one call tries"),
  requests_per_second: count(1, 10_000, "Maximum requests a second for one project; others wait their turn"),
  concurrency: count(1, 10_000, "Maximum requests for one project at a time; others wait their turn"),
  largest_body_bytes: count(1_024, 64 * 1024 * 1024, "Maximum size of an answer, in bytes")
}

type Settings = typeof settings

const { circuit, concurrency, largestBody, rateLimit, retryBudget } = defaultResiliencePolicy

const defaults: { readonly [Name in keyof Settings]: number } = {
  attempt_timeout_ms: 3_000,
  call_timeout_ms: 9_000,
  retries: 2,
  backoff_ms: 100,
  longest_retry_after_ms: 2_000,
  retry_percent: Math.round(100 * (retryBudget?.ratio ?? 1)),
  retry_reserve: retryBudget?.reserve ?? 0,
  circuit_failures: circuit?.failures ?? 0,
  circuit_open_seconds: 10,
  requests_per_second: rateLimit?.requests ?? 200,
  concurrency,
  largest_body_bytes: largestBody
}

/** How patient the proxy is with the cloud. */
export const UpstreamSection = section(
  Object.fromEntries(Struct.keys(settings).map((name) => [name, defaulted(settings[name], defaults[name])])) as {
    readonly [Name in keyof Settings]: ReturnType<typeof defaulted<Settings[Name]>>
  },
  "Limits of calls to the cloud, unless `regions` has others"
)

/** Where a region needs another patience. */
export const RegionUpstreamSection = Schema.Struct(Struct.map(settings, Schema.optionalKey)).annotate({
  description: "Limits of calls to this region; a missing one is that of `upstream`"
})
