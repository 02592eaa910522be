import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

const all: Array<Effect.Effect<void>> = []

const counted = (name: string, description: string, attributes?: Readonly<Record<string, string>>) => {
  const made = Metric.counter(name, { description, incremental: true, attributes })
  all.push(Metric.update(made, 0))
  return made
}

/**
 * A counter that is measured, at 0, from the start of the proxy: of one that
 * first appears with its first count, Prometheus sees no increase, and an
 * alert on it stays silent.
 *
 * @example const cut = counter("cbr_proxy_live_cut_total", "Streams cut because too much was left unread")
 */
export const counter = (name: string, description: string): Metric.Counter<number> => counted(name, description)

/** Such a counter for each value of a label. */
export const counters = <const Value extends string>(
  name: string,
  description: string,
  label: string,
  values: ReadonlyArray<Value>
): Readonly<Record<Value, Metric.Counter<number>>> =>
  Object.fromEntries(values.map((value) => [value, counted(name, description, { [label]: value })])) as Record<
    Value,
    Metric.Counter<number>
  >

/** A gauge that is measured from the start of the proxy, at 0 until it has another value. */
export const gauge = (name: string, description: string): Metric.Gauge<number> => {
  const made = Metric.gauge(name, { description })
  all.push(Metric.modify(made, 0))
  return made
}

/** Has every such counter and gauge measured. */
export const startMetrics: Effect.Effect<void> = Effect.suspend(() => Effect.all(all, { discard: true }))

/**
 * The context of the current fiber for updates that are made without an Effect. A metric looks two references up at
 * each update: alone in a context, they are found at once.
 */
export const metricContext: Effect.Effect<Context.Context<never>> = Effect.gen(function* () {
  return Context.make(Metric.MetricRegistry, yield* Metric.MetricRegistry).pipe(
    Context.add(Metric.CurrentMetricAttributes, yield* Metric.CurrentMetricAttributes)
  )
})
