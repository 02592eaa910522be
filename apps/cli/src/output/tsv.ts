import { delimitedFormat } from "./delimitedFormat.ts"
import { withoutFormula } from "./SpreadsheetCell.ts"

/**
 * Tab-separated values with a header line. A tab, line break or backslash in a cell is escaped, and a possible formula
 * gets an apostrophe in front.
 */
export const tsv = delimitedFormat((cells) => cells.map(cell).join("\t"))

const cell = (text: string): string =>
  withoutFormula(text).replace(/[\\\t\r\n]/g, (character) => spellings[character] ?? character)

const spellings: Readonly<Record<string, string>> = {
  "\\": String.raw`\\`,
  "\t": String.raw`\t`,
  "\r": String.raw`\r`,
  "\n": String.raw`\n`
}
