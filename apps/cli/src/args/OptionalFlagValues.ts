/** Flags with an optional value, and the words that are one. */
export const optionalFlagValues = { restorable: ["any", "backup", "snapshot"] } as const

/**
 * Joins the value of such a flag to it: the parser takes a value behind `=`
 * only, and users write a space. Any other word that follows is an id.
 *
 * @example
 * ```ts
 * withOptionalFlagValues(["check", "ID", "--restorable", "snapshot"]) // ["check", "ID", "--restorable=snapshot"]
 * ```
 */
export const withOptionalFlagValues = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = words.indexOf("--")
  const joined = (word: string, index: number): ReadonlyArray<string> => {
    if (end >= 0 && index > end) return [word]
    if (isValueOf(words[index - 1], word)) return []
    const next = words[index + 1]
    return next !== undefined && isValueOf(word, next) ? [`${word}=${next}`] : [word]
  }
  return words.flatMap(joined)
}

const isValueOf = (flag: string | undefined, word: string): boolean =>
  Object.entries(optionalFlagValues).some(
    ([name, values]) => flag === `--${name}` && (values as ReadonlyArray<string>).includes(word)
  )
