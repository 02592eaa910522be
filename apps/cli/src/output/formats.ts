import type { FormatName } from "../values/FormatName.ts"
import type { Format } from "./Format.ts"
import { json } from "./json.ts"

/** Every format by the name that `--output` takes; but for the one that a pipe gets, loaded when it is asked for. */
export const formats = {
  table: async () => (await import("./table.ts")).table,
  json: () => Promise.resolve(json),
  yaml: async () => (await import("./yaml.ts")).yaml,
  ndjson: async () => (await import("./ndjson.ts")).ndjson,
  tree: async () => (await import("./tree.ts")).tree,
  csv: async () => (await import("./csv.ts")).csv,
  tsv: async () => (await import("./tsv.ts")).tsv,
  value: async () => (await import("./value.ts")).value,
  openmetrics: async () => (await import("./openmetrics.ts")).openmetrics
} satisfies Readonly<Record<FormatName, () => Promise<Format>>>
