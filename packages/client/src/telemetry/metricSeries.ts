import * as Metric from "effect/Metric"

/** A metric with attributes; made once for each key that occurs, of which there are few. */
export const metricSeries = <Input, State>(
  metric: Metric.Metric<Input, State>
): ((key: string, attributesOf: () => Readonly<Record<string, string>>) => Metric.Metric<Input, State>) => {
  const made = new Map<string, Metric.Metric<Input, State>>()
  return (key, attributesOf) => {
    let found = made.get(key)
    if (found === undefined) made.set(key, (found = Metric.withAttributes(metric, attributesOf())))
    return found
  }
}
