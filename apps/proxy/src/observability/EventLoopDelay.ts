import { monitorEventLoopDelay } from "node:perf_hooks"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"

/** The time between two samples, and so the least delay that shows. */
const resolution = Duration.millis(10)

/** The time over which the percentile is taken. */
const window = Duration.seconds(1)

/** The delay of due callbacks: the first sign that the process has too much to do. */
export interface EventLoopDelay {
  /** 99 of 100 moments of the last second were late by no more than this. */
  readonly p99: () => Duration.Duration
}

/** The delay of this process; none where it is not measured. */
export const EventLoopDelay = Context.Reference<EventLoopDelay>("@cbr/proxy/EventLoopDelay", {
  defaultValue: () => ({ p99: () => Duration.zero })
})

/** Measures it, for the proxy and for the metrics. */
export const layer: Layer.Layer<never> = Layer.effect(
  EventLoopDelay,
  Effect.gen(function* () {
    const histogram = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const monitor = monitorEventLoopDelay({ resolution: Duration.toMillis(resolution) })
        monitor.enable()
        return monitor
      }),
      (monitor) => Effect.sync(() => monitor.disable())
    )
    let p99 = Duration.zero
    const look = Effect.suspend(() => {
      // Node measures from one look to the next, with the time that lies between them anyway.
      const late = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6 - Duration.toMillis(resolution)
      histogram.reset()
      p99 = Duration.millis(Math.max(0, late))
      return Metric.update(delaySeconds, Duration.toSeconds(p99))
    })
    yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced(window)))
    return { p99: () => p99 }
  })
)

const delaySeconds = Metric.gauge("cbr_proxy_event_loop_delay_seconds", {
  description: "How late the process came to what was due, in 99 of 100 moments of the last second at most"
})
