import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * Seconds from sending a request to the end of its answer's body.
 * @source OpenTelemetry semantic conventions, HTTP client metrics
 * @category Telemetry
 * @since 0.1.0
 */
export const requestDuration = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests, in seconds",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
})

/**
 * Requests of calls to CBR, and of signed ones to IAM, by `outcome`: `ok`, or the kind of error.
 * @category Telemetry
 * @since 0.1.0
 */
export const attempts = Metric.counter("cbr.client.attempts_total", {
  description: "Requests sent, by outcome",
  incremental: true
})

/**
 * Requests sent after the first of their call.
 * @category Telemetry
 * @since 0.1.0
 */
export const retries = Metric.counter("cbr.client.retries_total", {
  description: "Requests sent again",
  incremental: true
})

/**
 * Tokens and temporary keys that were fetched, the first ones and those that took their place.
 * @category Telemetry
 * @since 0.1.0
 */
export const tokenRefreshes = Metric.counter("cbr.client.token_refreshes_total", {
  description: "Tokens and temporary keys fetched",
  incremental: true
})

/**
 * State of an endpoint's circuit: 0 closed, 1 half open, 2 open.
 * @category Telemetry
 * @since 0.1.0
 */
export const circuitState = Metric.gauge("cbr.client.circuit.state", {
  description: "State of the circuit to an endpoint: 0 closed, 1 half open, 2 open"
})

/**
 * Measures the counters at 0, for an application that exports them: of a counter that first appears with its first
 * count, Prometheus sees no increase.
 *
 * @example
 * ```ts
 * Layer.effectDiscard(ClientMetrics.startCounters)
 * ```
 * @category Telemetry
 * @since 0.1.0
 */
export const startCounters: Effect.Effect<void> = Effect.suspend(() => {
  const outcomes = ["ok", ...ShowBackupError.members.map(({ identifier }) => identifier)]
  const byOutcome = outcomes.map((outcome) => Metric.withAttributes(attempts, { outcome }))
  return Effect.forEach([retries, tokenRefreshes, ...byOutcome], (counter) => Metric.update(counter, 0), {
    discard: true
  })
})
