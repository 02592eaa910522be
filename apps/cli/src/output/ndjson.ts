import { stringifyJson } from "@cbr/client/jmespath"
import { JsonText } from "@cbr/domain"
import { escapeControls } from "../text/escapeControls.ts"
import { type Format, independentItems, type RenderContext } from "./Format.ts"

/** A line of JSON for each: the service's own object with its tokens as they came, or `{"id", "error"}`. */
export const ndjson: Format = independentItems({
  backup: ({ raw }, surroundings) => safe(JsonText.compact(raw), surroundings),
  value: (value, surroundings) => safe(stringifyJson(value, "line"), surroundings),
  failed: (id, error, surroundings) => safe(stringifyJson({ id, error }, "line"), surroundings)
})

const safe = (line: string, { isTerminal }: RenderContext): string => (isTerminal ? escapeControls(line) : line)
