/**
 * The deepest nesting of objects and arrays in a JSON text.
 *
 * One pass over the text, no recursion, so that it can be asked of any input
 * before a recursive reader sees it.
 * @category JSON
 * @since 0.1.0
 */
export const nesting = (text: string): number => {
  let depth = 0
  let deepest = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote) index = endOfString(text, index)
    else if (code === openBrace || code === openBracket) {
      if (++depth > deepest) deepest = depth
    } else if (code === closeBrace || code === closeBracket) depth--
  }
  return deepest
}

/**
 * Whether objects and arrays nest deeper than so many levels in a JSON text.
 *
 * One that has no more opening brackets than that, in strings or not, cannot:
 * they are found far faster than the levels are counted.
 * @category JSON
 * @since 0.1.0
 */
export const nestsDeeperThan = (text: string, levels: number): boolean => {
  let left = levels
  for (const bracket of ["{", "["]) {
    for (let index = text.indexOf(bracket); index !== -1 && left >= 0; index = text.indexOf(bracket, index + 1)) left--
  }
  return left < 0 && nesting(text) > levels
}

/**
 * A JSON text laid out with two spaces a level, with every token as it was. The spelling of numbers and strings, the
 * order of keys and repeated keys stay.
 * A byte order mark goes.
 *
 * Levels below the sixteenth get no further indentation: it would multiply the
 * size of a deep, hostile text past what a string can hold.
 *
 * @example
 * ```ts
 * indent(`{"size":1e2,"id":9007199254740993}`)
 * // {
 * //   "size": 1e2,
 * //   "id": 9007199254740993
 * // }
 * ```
 * @category JSON
 * @since 0.1.0
 */
export const indent = (text: string): string => {
  const pieces: Array<string> = []
  let depth = 0
  const newline = () => pieces.push(lineBreaks[Math.min(depth, deepestIndentation)] ?? "\n")
  for (let index = text.charCodeAt(0) === byteOrderMark ? 1 : 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isWhitespace(code)) continue
    if (code === openBrace || code === openBracket) {
      const next = skipWhitespace(text, index + 1)
      const closing = code + 2
      if (text.charCodeAt(next) === closing) {
        pieces.push(text[index]!, text[next]!)
        index = next
      } else {
        pieces.push(text[index]!)
        depth++
        newline()
      }
    } else if (code === closeBrace || code === closeBracket) {
      depth--
      newline()
      pieces.push(text[index]!)
    } else if (code === comma) {
      pieces.push(",")
      newline()
    } else if (code === colon) pieces.push(": ")
    else {
      const end = code === quote ? endOfString(text, index) : endOfScalar(text, index)
      pieces.push(text.slice(index, end + 1))
      index = end
    }
  }
  return pieces.join("")
}

/**
 * A JSON text on one line, every token as it was. A byte order mark goes.
 *
 * @example
 * ```ts
 * compact(`{ "size": 1e2 }`) // `{"size":1e2}`
 * ```
 * @category JSON
 * @since 0.1.0
 */
export const compact = (text: string): string => {
  const pieces: Array<string> = []
  for (let index = text.charCodeAt(0) === byteOrderMark ? 1 : 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isWhitespace(code)) continue
    const end = code === quote ? endOfString(text, index) : index
    pieces.push(text.slice(index, end + 1))
    index = end
  }
  return pieces.join("")
}

/**
 * The code of the mark that some editors put before the first character of a file.
 * @category JSON
 * @since 0.1.0
 */
export const byteOrderMark = 0xfeff

const deepestIndentation = 16
const lineBreaks = Array.from({ length: deepestIndentation + 1 }, (_, depth) => `\n${"  ".repeat(depth)}`)

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

const isWhitespace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

const skipWhitespace = (text: string, index: number): number => {
  while (isWhitespace(text.charCodeAt(index))) index++
  return index
}

const endOfString = (text: string, start: number): number => {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === backslash) index++
    else if (code === quote) return index
  }
  return text.length
}

const endOfScalar = (text: string, start: number): number => {
  let end = start
  while (end + 1 < text.length && !isDelimiter(text.charCodeAt(end + 1))) end++
  return end
}

const isDelimiter = (code: number) =>
  isWhitespace(code) || code === comma || code === closeBrace || code === closeBracket || code === colon
