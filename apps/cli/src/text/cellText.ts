import { type JsonValue, stringify } from "./JsonValue.ts"

/** The text of a table cell: a string as it is, empty for null, else JSON. */
export const cellText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value : stringify(value, "line")
}
