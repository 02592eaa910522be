/** Metrics of one process, as Prometheus text. */
export interface WorkerMetrics {
  /** Told apart by this, in the label `worker`; a process without one keeps its series as they are. */
  readonly worker?: string
  readonly text: string
}

interface Family {
  readonly head: Array<string>
  readonly isSummed: boolean
  readonly series: Map<string, number>
}

/**
 * One exposition of many: counters and histograms are added up, and what must
 * not be added, such as a gauge, shows by worker.
 *
 * @example
 * ```ts
 * merged([{ worker: "1", text: "# TYPE a counter\na 1\n" }, { worker: "2", text: "# TYPE a counter\na 2\n" }]) // "# TYPE a counter\na 3\n"
 * ```
 * @source Prometheus text exposition format 0.0.4
 */
export const merged = (parts: ReadonlyArray<WorkerMetrics>): string => {
  const families = new Map<string, Family>()
  for (const { text, worker } of parts) {
    let family: Family | undefined
    let pending: Array<string> = []
    for (const line of text.split("\n")) {
      if (line.startsWith("# HELP ")) pending = [line]
      else if (line.startsWith("# TYPE ")) {
        const [, , name = "", type] = line.split(" ")
        family = families.get(name)
        if (family === undefined) {
          family = {
            head: [...pending, line],
            isSummed: (type === "counter" || type === "histogram") && !countedByEach.has(name),
            series: new Map()
          }
          families.set(name, family)
        }
        pending = []
      } else if (line !== "" && family !== undefined) {
        const space = line.lastIndexOf(" ")
        const series = line.slice(0, space)
        const value = numberOf(line.slice(space + 1))
        if (family.isSummed) family.series.set(series, (family.series.get(series) ?? 0) + value)
        else family.series.set(worker === undefined ? series : labelled(series, worker), value)
      }
    }
  }
  return Array.from(families.values(), ({ head, series }) =>
    [...head, ...Array.from(series, ([name, value]) => `${name} ${textOf(value)}`), ""].join("\n")
  ).join("")
}

/** What is still true of a process that has ended: its counts, without which the sums would fall. */
export const countsOf = (text: string): string => {
  let isCount = false
  return text
    .split("\n")
    .filter((line) => {
      if (line.startsWith("# TYPE ")) {
        isCount = / (?:counter|histogram)$/.test(line) && !countedByEach.has(line.split(" ")[2] ?? "")
      }
      return line.startsWith("# HELP ") || isCount
    })
    .join("\n")
}

/** Each worker counts the same event, so a sum would count it many times over. */
const countedByEach: ReadonlySet<string> = new Set(["cbr_proxy_configuration_loads_total"])

const labelled = (series: string, worker: string): string =>
  series.endsWith("}") ? `${series.slice(0, -1)},worker="${worker}"}` : `${series}{worker="${worker}"}`

const numberOf = (text: string): number =>
  text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text)

const textOf = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? "+Inf" : value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value)
