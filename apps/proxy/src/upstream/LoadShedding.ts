import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import { counter } from "../observability/Counters.ts"
import { EventLoopDelay } from "../observability/EventLoopDelay.ts"
import { ProxyError } from "../problems/ProxyError.ts"

/** Classes of callers that are turned away first when the process has too much to do; none unless others are provided. */
export const LowPriorityClasses = Context.Reference<ReadonlySet<string>>("@cbr/proxy/LowPriorityClasses", {
  defaultValue: () => new Set()
})

/** Beyond this the process has too much to do. */
const longestDelay = Duration.millis(100)

/**
 * Why a call is turned away that a caller of a low class would make to the
 * cloud while the event loop is late: `Overloaded`. What is cached costs
 * little, and is for every caller still.
 *
 * @param quota_class none for the proxy's own looks, which are never turned away
 */
export const shed = (quota_class: string | undefined, context: Context.Context<never>): ProxyError | undefined => {
  if (quota_class === undefined || !Context.get(context, LowPriorityClasses).has(quota_class)) return undefined
  if (Duration.isLessThanOrEqualTo(Context.get(context, EventLoopDelay).p99(), longestDelay)) return undefined
  shedCalls.updateUnsafe(1, context)
  return tooBusy
}

const tooBusy = new ProxyError({
  reason: "Overloaded",
  message: "the proxy has too much to do: it does not ask the cloud for callers of this class",
  headers: { "retry-after": "1" }
})

const shedCalls = counter(
  "cbr_proxy_shed_calls_total",
  "Calls to the cloud that were not made because the event loop was late"
)
