import { inert } from "../TerminalText.ts"
import { type Format, standingAlone, type Surroundings } from "./Format.ts"
import * as JsonValue from "./JsonValue.ts"
import { yamlText } from "./YamlText.ts"

/** YAML, a document for each; every field as it came, integers of any size too. */
export const yaml: Format = standingAlone({
  backup: ({ raw }, surroundings) => text(JsonValue.parse(raw), surroundings),
  value: (value, surroundings) => text(value, surroundings),
  failed: (id, error, surroundings) => text({ id, error }, surroundings),
  between: "---"
})

const text = (value: JsonValue.JsonValue, { isTerminal }: Surroundings): string => {
  const document = yamlText(value)
  return isTerminal ? document.split("\n").map(inert).join("\n") : document
}
