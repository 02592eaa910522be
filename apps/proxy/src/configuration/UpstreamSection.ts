import { defaultResiliencePolicy } from "@cbr/client"
import { count, defaulted, section } from "./Defaulted.ts"

/** How patient the proxy is with the cloud. */
export const UpstreamSection = section(
  {
    attempt_timeout_ms: defaulted(count(1, 60_000, "Longest time for one attempt"), 3_000),
    deadline_ms: defaulted(count(1, 60_000, "Longest time for a call, with all its attempts"), 9_000),
    retries: defaulted(count(0, 5, "Attempts after the first"), 2),
    longest_retry_after_ms: defaulted(count(0, 60_000, "The longest Retry-After that is waited for"), 2_000),
    largest_body_bytes: defaulted(
      count(1_024, 64 * 1024 * 1024, "Largest answer that is read"),
      defaultResiliencePolicy.largestBody
    )
  },
  "How patient the proxy is with the cloud"
)
