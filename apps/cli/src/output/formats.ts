import type { Format } from "./Format.ts"

/** Every format by the name that `--output` takes, loaded when it is asked for. */
export const formats = {
  table: async () => (await import("./table.ts")).table,
  json: async () => (await import("./json.ts")).json,
  yaml: async () => (await import("./yaml.ts")).yaml,
  ndjson: async () => (await import("./ndjson.ts")).ndjson,
  tree: async () => (await import("./tree.ts")).tree,
  csv: async () => (await import("./csv.ts")).csv,
  tsv: async () => (await import("./tsv.ts")).tsv,
  value: async () => (await import("./value.ts")).value,
  openmetrics: async () => (await import("./openmetrics.ts")).openmetrics
} as const satisfies Readonly<Record<string, () => Promise<Format>>>

/** A name that `--output` takes. */
export type FormatName = keyof typeof formats

/** The names that `--output` takes. */
export const formatNames = Object.keys(formats) as Array<FormatName>
