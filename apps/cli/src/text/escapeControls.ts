/**
 * Escapes a text of the service or of a user for a terminal, as JSON does. It escapes every character that could move
 * the cursor, start an escape sequence, end a line or change the direction of writing.
 *
 * @example
 * ```ts
 * escapeControls("\u001b[31mred") // "\\u001b[31mred"
 * ```
 */
export const escapeControls = (text: string): string =>
  // Control, format, line- and paragraph-separating characters, and halves of surrogate pairs.
  isPrintableAscii(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, spelling)

/**
 * Whether a text is printable ASCII, as most are. It needs no tables of Unicode, whose loading takes half as long as
 * Node's own start.
 */
export const isPrintableAscii = (text: string): boolean => /^[ -~]*$/.test(text)

const spelling = (character: string): string => {
  const short = shortEscapes[character]
  if (short !== undefined) return short
  // One escape for each code unit, as JSON has it.
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`
  ).join("")
}

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }
