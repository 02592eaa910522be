import { JsonText } from "@cbr/domain"
import { inert } from "../TerminalText.ts"
import { type Format, standingAlone, type Surroundings } from "./Format.ts"
import * as JsonValue from "./JsonValue.ts"

/** A line of JSON for each: the service's own object with its tokens as they came, or `{"id", "error"}`. */
export const ndjson: Format = standingAlone({
  backup: ({ raw }, surroundings) => safe(JsonText.compact(raw), surroundings),
  value: (value, surroundings) => safe(JsonValue.stringify(value, "line"), surroundings),
  failed: (id, error, surroundings) => safe(JsonValue.stringify({ id, error }, "line"), surroundings)
})

const safe = (line: string, { isTerminal }: Surroundings): string => (isTerminal ? inert(line) : line)
