import { JsonText } from "@cbr/domain"
import { inert } from "../TerminalText.ts"
import type { Format } from "./Format.ts"

/**
 * The service's own object, laid out and otherwise as it came: unknown fields,
 * nulls, the order of keys, the spelling of numbers and strings.
 *
 * On a terminal, control characters that JSON lets stand raw (U+007F to U+009F
 * and the like) are escaped: the value is the same, and the terminal is safe.
 */
export const json: Format = (response, { isTerminal }) => {
  const text = JsonText.indent(response.raw)
  return isTerminal ? text.split("\n").map(inert).join("\n") : text
}
