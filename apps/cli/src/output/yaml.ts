import { type JsonValue, parseJson } from "@cbr/client/jmespath"
import { escapeControls } from "../text/escapeControls.ts"
import { type Format, independentItems, type RenderContext } from "./Format.ts"
import { yamlText } from "./YamlText.ts"

/** YAML, a document for each backup, with every field of the service and exact integers. */
export const yaml: Format = independentItems({
  backup: ({ raw }, surroundings) => text(parseJson(raw), surroundings),
  value: (value, surroundings) => text(value, surroundings),
  failed: (id, error, surroundings) => text({ id, error }, surroundings),
  between: "---"
})

const text = (value: JsonValue, { isTerminal }: RenderContext): string => {
  const document = yamlText(value)
  return isTerminal ? document.split("\n").map(escapeControls).join("\n") : document
}
