/** Flags that may stand alone, and the words that are their value where one follows. */
export const optionalValues = { restorable: ["any", "backup", "snapshot"] } as const

/**
 * A command line in which the value of such a flag is joined to it: the parser
 * takes one behind `=` alone, people write a space. Any other word that follows
 * is left to be an id.
 *
 * @example
 * ```ts
 * withOptionalValues(["check", "ID", "--restorable", "snapshot"]) // ["check", "ID", "--restorable=snapshot"]
 * ```
 */
export const withOptionalValues = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
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
  Object.entries(optionalValues).some(
    ([name, values]) => flag === `--${name}` && (values as ReadonlyArray<string>).includes(word)
  )
