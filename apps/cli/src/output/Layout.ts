import { paint, type Piece, padded, widthOf } from "./Paint.ts"
import { wrapped } from "./Wrapping.ts"

type Line = ReadonlyArray<Piece>

/** Where lines are shown. */
interface Place {
  readonly colour: boolean
  /** Columns of the terminal; none in a pipe. */
  readonly width: number | undefined
}

const gap = 2

const widthsOf = (rows: ReadonlyArray<Line>): ReadonlyArray<number> => {
  const widths: Array<number> = []
  for (const row of rows) {
    row.forEach((piece, column) => void (widths[column] = Math.max(widthOf(piece), widths[column] ?? 0)))
  }
  return widths
}

/** Rows of pieces in columns, two blanks apart; the last column is not padded. */
export const columns = (rows: ReadonlyArray<Line>): ReadonlyArray<Line> => {
  const widths = widthsOf(rows)
  return rows.map((row) => {
    const filled = row.findLastIndex((piece) => widthOf(piece) > 0)
    return row
      .slice(0, filled + 1)
      .flatMap((piece, column) => (column === filled ? [piece] : padded(piece, (widths[column] ?? 0) + gap)))
  })
}

/** Rows in columns as text; where the last column is too wide for the terminal, it goes on below itself. */
export const laidOut = (rows: ReadonlyArray<Line>, { colour, width }: Place): string => {
  const widths = widthsOf(rows)
  const indent = widths.slice(0, -1).reduce((sum, each) => sum + each + gap, 0)
  return columns(rows)
    .flatMap((row) => wrapped(row, indent, width))
    .map((row) => paint(row, colour))
    .join("\n")
}
