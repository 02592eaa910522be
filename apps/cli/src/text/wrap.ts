import { paint, type Piece, displayWidth } from "./Style.ts"

type Line = ReadonlyArray<Piece>

/**
 * A run of blanks; a wide character with the punctuation that may not end the line before or begin one after it; or a
 * word.
 */
const tokens = () =>
  /\s+|[“《(\uFF08]*\p{Script=Han}[,.;:!?)、。”》\uFF0C\uFF1B\uFF1A\uFF01\uFF1F\uFF09]*|[^\s\p{Script=Han}]+/gu

/**
 * Wraps a line at `width` columns, at blanks and between Chinese characters; later lines begin with `indent` blanks. A
 * longer word is cut, a path or a list after one of its parts. Without a width the line stays whole.
 */
export const wrap = (line: Line, indent: number, width: number | undefined): ReadonlyArray<Line> => {
  if (width === undefined || widthOfAll(line) <= width) return [line]
  // A column far to the right is kept while some words fit beside it.
  const margin = Math.min(indent, Math.max(Math.trunc(width / 2), width - 24))
  const lines: Array<Array<Piece>> = [[]]
  let used = 0
  const add = (piece: Piece) => {
    lines.at(-1)?.push(piece)
    used += displayWidth(piece)
  }
  const breakLine = () => {
    const before = lines.at(-1)
    if (isBlank(before?.at(-1) ?? "x")) before?.pop()
    lines.push([])
    used = 0
    add(" ".repeat(margin))
  }
  for (const piece of line) {
    for (const part of partsOf(piece, width - margin)) {
      if (used + displayWidth(part) > width) {
        breakLine()
        if (isBlank(part)) continue
      }
      add(part)
    }
  }
  return lines
}

/** The columns of the longest word of a piece. */
export const longestWord = (piece: Piece): number =>
  (textOf(piece).match(tokens()) ?? []).reduce((longest, token) => Math.max(longest, displayWidth(token)), 0)

/** The columns of the longest part of a piece that {@link wrap} keeps on one line if it can, such as a folder of a path. */
export const longestPart = (piece: Piece): number =>
  longestWord(withText(piece, textOf(piece).replaceAll(/[/,;&]/g, "$& ")))

/** Cuts a line to a width, with `…` in place of the rest. */
export const clip = (line: Line, width: number | undefined): Line => {
  if (width === undefined || widthOfAll(line) <= width) return line
  const fitting: Array<Piece> = []
  let left = width - 1
  for (const piece of line) {
    const text = fittingText(textOf(piece), left)
    fitting.push(withText(piece, text))
    left -= displayWidth(text)
    if (text !== textOf(piece)) break
  }
  return [...fitting, "…"]
}

const isBlank = (piece: Piece): boolean => /^\s*$/.test(textOf(piece))

const widthOfAll = (line: Line): number => line.reduce((sum, piece) => sum + displayWidth(piece), 0)

/** The text of a piece, not yet escaped. */
export const textOf = (piece: Piece): string => (typeof piece === "string" ? piece : piece.text)

/** The piece with another text. */
export const withText = (piece: Piece, text: string): Piece => (typeof piece === "string" ? text : { ...piece, text })

const fittingText = (text: string, width: number): string => {
  let fitting = ""
  for (const character of text) {
    if (displayWidth(fitting + character) > width) break
    fitting += character
  }
  return fitting
}

/** The tokens of a piece in its tone, each no longer than `longest`. */
const partsOf = (piece: Piece, longest: number): ReadonlyArray<Piece> =>
  (textOf(piece).match(tokens()) ?? []).flatMap((token) => {
    const parts: Array<string> = []
    let rest = token
    while (displayWidth(rest) > longest) {
      const fitting = fittingText(rest, longest)
      if (fitting === "") break
      const [part] = /^.*[/,;&](?=.)/s.exec(fitting) ?? [fitting]
      parts.push(part)
      rest = rest.slice(part.length)
    }
    return [...parts, rest].map((part) => withText(piece, part))
  })

/** Wraps lines without colour. */
export const wrapPlain = (lines: ReadonlyArray<string>, width: number | undefined): string =>
  lines
    .flatMap((line) => wrap([line], 4, width))
    .map((line) => paint(line, false))
    .join("\n")
