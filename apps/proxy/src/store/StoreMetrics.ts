import * as Metric from "effect/Metric"
import { counter, counters, gauge } from "../observability/Counters.ts"

/** 1 while anything of Redis does not work, and this replica does without it. */
export const redisDegraded = gauge(
  "cbr_proxy_redis_degraded",
  "1 while a part of Redis, such as its notices, does not work and the proxy goes on without it"
)

const failures = ["cbr_proxy_redis_failures_total", "Operations that Redis did not carry out in time, by why"] as const

// Those that come of the network; what a refusal is called is its Redis's affair.
counters(...failures, "reason", ["slow", "away", "failed"])

/** Operations that Redis did not carry out, by why: `slow`, `away`, `failed`, or the code of its refusal, such as `noperm`. */
export const redisFailures = (reason: string) =>
  Metric.counter(failures[0], { description: failures[1], incremental: true, attributes: { reason } })

/**
 * Wishes for a new answer: `led` by this replica, `found` with another's answer
 * there already, `followed` to the end of another's call, or `alone`, without Redis.
 */
export const sharedCalls = counters(
  "cbr_proxy_shared_calls_total",
  "Wishes for a new answer, by what replicas made of them",
  "result",
  ["led", "found", "followed", "alone"]
)

/** Values in Redis that are not what a replica wrote with this key: treated as if they were not there. */
export const unusableValues = counter(
  "cbr_proxy_redis_unusable_values_total",
  "Values in Redis that could not be authenticated or read, and were passed over"
)
