import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"

/** All that is measured, as Prometheus text; of this process, unless there are others beside it. */
export const Exposition = Context.Reference<Effect.Effect<string>>("@cbr/proxy/Exposition", {
  defaultValue: () => PrometheusMetrics.format()
})
