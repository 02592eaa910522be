import { stringify } from "yaml"
import { inert } from "../TerminalText.ts"
import { type Format, standingAlone, type Surroundings } from "./Format.ts"
import * as JsonValue from "./JsonValue.ts"

/** YAML 1.2, a document for each; every field as it came, integers of any size too. */
export const yaml: Format = standingAlone({
  backup: ({ raw }, surroundings) => text(JsonValue.parse(raw), surroundings),
  value: (value, surroundings) => text(value, surroundings),
  failed: (id, error, surroundings) => text({ id, error }, surroundings),
  between: "---"
})

const text = (value: JsonValue.JsonValue, { isTerminal }: Surroundings): string => {
  // Without block scalars the newline at the end is never a part of a value.
  const document = stringify(value, { lineWidth: 0, blockQuote: false }).slice(0, -1)
  return isTerminal ? document.split("\n").map(inert).join("\n") : document
}
