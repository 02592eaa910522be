import { type JsonValue, stringifyJson } from "@cbr/client/jmespath"

/** The text of a table cell: a string as it is, empty for null, else JSON. */
export const cellText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value : stringifyJson(value, "line")
}
