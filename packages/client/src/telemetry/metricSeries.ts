import * as Metric from "effect/Metric"

/** A metric with these attributes; made once for each set of them that occurs, of which there are few. */
export const metricSeries = <Input, State>(
  metric: Metric.Metric<Input, State>
): ((attributes: Readonly<Record<string, string>>) => Metric.Metric<Input, State>) => {
  const made = new Map<string, Metric.Metric<Input, State>>()
  return (attributes) => {
    const key = Object.entries(attributes).join("\n")
    let found = made.get(key)
    if (found === undefined) made.set(key, (found = Metric.withAttributes(metric, attributes)))
    return found
  }
}
