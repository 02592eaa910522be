/** One value of a family of gauges. */
export interface Sample {
  /** Name of the family, without `cbr_`. */
  readonly family: string
  readonly labels: Readonly<Record<string, string | undefined>>
  readonly value: number
}

/**
 * Gauges as OpenMetrics text. Families do not interleave, in the order that they are given in; a series comes once, and
 * the last value counts.
 *
 * @param families the help of each family, by its name
 * @source OpenMetrics 1.0
 */
export const printMetrics = (families: Readonly<Record<string, string>>, samples: ReadonlyArray<Sample>): string => {
  const series = new Map<string, Map<string, number>>()
  for (const { family, labels, value } of samples) {
    const known = series.get(family) ?? new Map<string, number>()
    known.set(`cbr_${family}${labelsText(labels)}`, value)
    series.set(family, known)
  }
  const text = Object.entries(families).flatMap(([family, help]) => {
    const known = series.get(family)
    return known === undefined
      ? []
      : [
          `# TYPE cbr_${family} gauge`,
          `# HELP cbr_${family} ${help}`,
          ...Array.from(known, ([name, value]) => `${name} ${value}`)
        ]
  })
  return [...text, "# EOF"].join("\n")
}

const labelsText = (labels: Sample["labels"]): string => {
  const pairs = Object.entries(labels).flatMap(([name, text]) =>
    text === undefined
      ? []
      : [
          `${name}="${text
            .replaceAll("\\", String.raw`\\`)
            .replaceAll('"', String.raw`\"`)
            .replaceAll("\n", String.raw`\n`)}"`
        ]
  )
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}
