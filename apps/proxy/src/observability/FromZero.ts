import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

const counters: Array<Metric.Counter<number>> = []

/**
 * A counter that is measured, at 0, from the start of the proxy: of one that
 * first appears with its first count, Prometheus sees no increase, and an
 * alert on it stays silent.
 *
 * @example const admitted = fromZero(Metric.withAttributes(queuedCalls, { outcome: "admitted" }))
 */
export const fromZero = (counter: Metric.Counter<number>): Metric.Counter<number> => {
  counters.push(counter)
  return counter
}

/** The same for each value of a label. */
export const eachFromZero = <const Value extends string>(
  counter: Metric.Counter<number>,
  label: string,
  values: ReadonlyArray<Value>
): Readonly<Record<Value, Metric.Counter<number>>> =>
  Object.fromEntries(
    values.map((value) => [value, fromZero(Metric.withAttributes(counter, { [label]: value }))])
  ) as Record<Value, Metric.Counter<number>>

/** Has every such counter measured. */
export const startCounters: Effect.Effect<void> = Effect.suspend(() =>
  Effect.forEach(counters, (counter) => Metric.update(counter, 0), { discard: true })
)
