import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { counter, counters, gauge } from "../observability/Counters.ts"
import { acquireInScope } from "./acquireInScope.ts"
import { eventNames } from "./SseEvents.ts"

/** Backups that are polled because they are watched. */
export const pollers = gauge("cbr_proxy_live_pollers", "Backups that are polled because they are watched")

/** Projects that are polled because they are watched. */
export const projectPollers = gauge(
  "cbr_proxy_live_project_pollers",
  "Projects that are polled because they are watched"
)

/** Streams that are open. */
export const streams = gauge("cbr_proxy_live_streams", "Streams of events that are open")

/** Events sent, by name. */
export const events = counters("cbr_proxy_live_events_total", "Events sent on streams, by name", "event", eventNames)

/** States of a backup that a reader was too slow for: it got a newer one in their place. */
export const merged = counter(
  "cbr_proxy_live_merged_total",
  "States passed over for newer ones, on streams whose peers were slow"
)

/** Streams that were cut because their readers left too much unread. */
export const cut = counter("cbr_proxy_live_cut_total", "Streams cut because too much was left unread")

/** Long polls, by what ended them. */
export const longPolls = counters(
  "cbr_proxy_long_polls_total",
  "Requests that waited for a change, by what ended the wait",
  "outcome",
  ["changed", "unchanged", "failed"]
)

/** Counts what there is at once, on a gauge. */
export const counted = (gauge: Metric.Gauge<number>): Effect.Effect<void, never, Scope.Scope> =>
  acquireInScope(Metric.modify(gauge, 1), () => Metric.modify(gauge, -1))
