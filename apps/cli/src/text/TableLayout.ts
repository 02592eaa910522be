import { paint, type Piece, padded, displayWidth } from "./Style.ts"
import { longestPart, longestWord, textOf, withText, wrap } from "./wrap.ts"

type Line = ReadonlyArray<Piece>

/** The colour and the width that lines are laid out for. */
interface Place {
  readonly colour: boolean
  /** Columns of the terminal; none in a pipe. */
  readonly width: number | undefined
}

const gap = 2

/** The columns that a text needs to be readable; with fewer, it goes below its row. */
const readable = 28

/** Indentation of a text below its row. */
const further = 4

/** Whether a row is a sentence: a single piece, which is in no column. */
const isSentence = (row: Line): boolean => row.length === 1

const widthsOf = (rows: ReadonlyArray<Line>): ReadonlyArray<number> => {
  const widths: Array<number> = []
  for (const row of rows) {
    if (isSentence(row)) continue
    row.forEach((piece, column) => void (widths[column] = Math.max(displayWidth(piece), widths[column] ?? 0)))
  }
  return widths
}

/** Rows of pieces in columns, two blanks apart; the last column is not padded. */
export const columns = (rows: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const widths = widthsOf(rows)
  return rows.map((row) => {
    const filled = row.findLastIndex((piece) => displayWidth(piece) > 0)
    return row
      .slice(0, filled + 1)
      .flatMap((piece, column) => (column === filled ? [piece] : padded(piece, (widths[column] ?? 0) + gap)))
  })
}

/**
 * Lays out rows in columns. If they are too wide for the terminal, the last or the widest column wraps, or the last
 * goes below its row. No id is cut that fits the terminal.
 */
export const layOutTable = (rows: ReadonlyArray<Line>, { colour, width }: Place): string =>
  columns(width === undefined ? rows : fitRows(rows, width))
    .flatMap((row) => wrap(row, isSentence(row) ? 0 : further, width))
    .map((row) => paint(row, colour))
    .join("\n")

const fitRows = (rows: ReadonlyArray<Line>, width: number): ReadonlyArray<Line> => {
  const widths = widthsOf(rows)
  const last = widths.length - 1
  const left = width - widths.reduce((sum, each) => sum + each, gap * last)
  if (left >= 0) return rows
  const roomOf = (column: number) => left + (widths[column] ?? 0)
  const enough = Math.min(readable, Math.trunc(width / 2))
  const widest = widths.indexOf(Math.max(...widths))
  const fits = (column: number, longest: (piece: Piece) => number, most = Infinity) =>
    roomOf(column) >= enough &&
    rows.map((row) => longest(row[column] ?? "")).every((it) => it <= roomOf(column) || it > most)
  // A name or an id is not cut before the last column, nor in it if it is whole below its row.
  const giving = fits(last, longestPart, width - further) ? last : fits(widest, longestWord) ? widest : undefined
  return rows.flatMap((row) => {
    if (isSentence(row)) return [row]
    return giving === undefined ? withLastBelow(row, last, width) : wrapCell(row, giving, roomOf(giving))
  })
}

/** Splits a row into several, with one column wrapped to a width. */
const wrapCell = (row: Line, column: number, room: number): ReadonlyArray<Line> =>
  wrap([row[column] ?? ""], 0, room).map((parts, index) =>
    row.map((piece, at) => (at === column ? withText(piece, parts.map(textOf).join("")) : index === 0 ? piece : ""))
  )

const withLastBelow = (row: Line, last: number, width: number): ReadonlyArray<Line> => {
  const below = row[last]
  if (below === undefined || displayWidth(below) === 0) return [row]
  const margin = " ".repeat(further)
  return [
    row.toSpliced(last, 1, ""),
    ...wrap([below], 0, width - further).map((parts) => [withText(below, margin + parts.map(textOf).join(""))])
  ]
}
