/** The names that `--output` takes. */
export const formatNames = ["table", "json", "yaml", "ndjson", "tree", "csv", "tsv", "value", "openmetrics"] as const

/** A name that `--output` takes. */
export type FormatName = (typeof formatNames)[number]

/** The values of `--output`: `text` is another name of `table`. */
export const outputNames = [...formatNames, "text"] as const

/** The format of a name; undefined for any other word. */
export const formatNamed = (name: string | undefined): FormatName | undefined =>
  name === "text" ? "table" : formatNames.find((format) => format === name)
