/** The names that `--output` takes. */
export const formatNames = ["table", "json", "yaml", "ndjson", "tree", "csv", "tsv", "value", "openmetrics"] as const

/** A name that `--output` takes. */
export type FormatName = (typeof formatNames)[number]
