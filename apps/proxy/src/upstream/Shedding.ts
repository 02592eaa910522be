import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { EventLoopDelay } from "../observability/EventLoopDelay.ts"
import { fromZero } from "../observability/FromZero.ts"
import { Refusal } from "../problems/Refusal.ts"

/** Classes of callers that are turned away first when the process has too much to do; none unless others are provided. */
export const LowClasses = Context.Reference<ReadonlySet<string>>("@cbr/proxy/LowClasses", {
  defaultValue: () => new Set()
})

/** Beyond this the process has too much to do. */
const longestDelay = Duration.millis(100)

/**
 * Turns a call away that a caller of a low class would make to the cloud while
 * the event loop is late: `Overloaded`. What is cached costs little, and is for
 * everyone still.
 */
export const shed = (quota_class: string | undefined): Effect.Effect<void, Refusal> =>
  Effect.gen(function* () {
    const { p99 } = yield* EventLoopDelay
    if (quota_class === undefined || Duration.isLessThanOrEqualTo(p99(), longestDelay)) return
    if (!(yield* LowClasses).has(quota_class)) return
    yield* Metric.update(shedCalls, 1)
    return yield* tooBusy
  })

const tooBusy = new Refusal({
  reason: "Overloaded",
  message: "the proxy has too much to do to ask the cloud for callers of this class",
  headers: { "retry-after": "1" }
})

const shedCalls = fromZero(
  Metric.counter("cbr_proxy_shed_calls_total", {
    description: "Calls to the cloud that were not made because the event loop was late",
    incremental: true
  })
)
