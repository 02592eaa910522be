import * as Metric from "effect/Metric"
import { eachFromZero, fromZero } from "../observability/FromZero.ts"

/** 1 while anything of Redis does not work, and this replica does without it. */
export const redisDegraded = Metric.gauge("cbr_proxy_redis_degraded", {
  description: "1 while anything of Redis does not work, its notices among it, and the proxy does without"
})

const failures = Metric.counter("cbr_proxy_redis_failures_total", {
  description: "Operations that Redis did not carry out in time, by why",
  incremental: true
})

/** Operations that Redis did not carry out, by why: `slow`, `away`, `failed`, or the code of its refusal, such as `noperm`. */
export const redisFailures = (reason: string) => Metric.withAttributes(failures, { reason })

// Those that come of the network; what a refusal is called is its Redis's affair.
eachFromZero(failures, "reason", ["slow", "away", "failed"])

const claims = Metric.counter("cbr_proxy_shared_calls_total", {
  description: "Wishes for a new answer, by what replicas made of them",
  incremental: true
})

/**
 * Wishes for a new answer: `led` by this replica, `found` with another's answer
 * there already, `followed` to the end of another's call, or `alone`, without Redis.
 */
export const sharedCalls = eachFromZero(claims, "result", ["led", "found", "followed", "alone"])

/** Values in Redis that are not what a replica wrote with this key: treated as if they were not there. */
export const unusableValues = fromZero(
  Metric.counter("cbr_proxy_redis_unusable_values_total", {
    description: "Values in Redis that could not be authenticated or read, and were passed over",
    incremental: true
  })
)
