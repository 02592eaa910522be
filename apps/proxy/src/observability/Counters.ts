import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

const all: Array<Metric.Counter<number>> = []

const counted = (name: string, description: string, attributes?: Readonly<Record<string, string>>) => {
  const made = Metric.counter(name, { description, incremental: true, attributes })
  all.push(made)
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

/** Has every such counter measured. */
export const startCounters: Effect.Effect<void> = Effect.suspend(() =>
  Effect.forEach(all, (made) => Metric.update(made, 0), { discard: true })
)
