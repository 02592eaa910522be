/** The names that `--output` takes. */
export const formatNames = ["table", "json", "yaml", "ndjson", "tree", "csv", "tsv", "value", "openmetrics"] as const

/** A name that `--output` takes. */
export type FormatName = (typeof formatNames)[number]

/** `table` has two names: beside JSON it is simply the text. */
export const outputNames = [...formatNames, "text"] as const

/** The format that a name asks for, if any does. */
export const formatNamed = (name: string | undefined): FormatName | undefined =>
  name === "text" ? "table" : formatNames.find((format) => format === name)
