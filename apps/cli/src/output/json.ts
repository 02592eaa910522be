import { stringifyJson } from "@cbr/client/jmespath"
import { JsonText } from "@cbr/domain"
import { escapeControls } from "../text/escapeControls.ts"
import type { Format, Item } from "./Format.ts"

/**
 * The service's own object, laid out and otherwise as it came: unknown fields,
 * nulls, the order of keys, the spelling of numbers and strings. Many make one
 * array, an element a backup, or `{"id", "error"}` for one that failed.
 *
 * On a terminal, control characters that JSON allows raw, such as U+007F to U+009F, are escaped. The value is the same,
 * and the terminal is safe.
 */
export const json: Format = (surroundings, many) => {
  let count = 0
  const safe = (text: string) => (surroundings.isTerminal ? text.split("\n").map(escapeControls).join("\n") : text)
  return {
    next: (item) => {
      const text = safe(textOf(item))
      if (!many) return text
      return `${count++ === 0 ? "[" : ","}${text}`
    },
    end: () => {
      if (!many) return undefined
      return count === 0 ? "[]" : "]"
    }
  }
}

const textOf = (item: Item): string => {
  switch (item._tag) {
    case "Backup":
      return JsonText.indent(item.response.raw)
    case "Value":
      return stringifyJson(item.value, "indented")
    case "Failed":
      return stringifyJson({ id: item.id, error: item.error }, "indented")
  }
}
