import { delimited } from "./delimited.ts"
import { withoutFormula } from "./SpreadsheetCell.ts"

/**
 * Tab-separated values with a header line. A tab, line break or backslash in a
 * cell is spelt out, and a cell that a spreadsheet would take for a formula
 * gets an apostrophe in front.
 */
export const tsv = delimited((cells) => cells.map(cell).join("\t"))

const cell = (text: string): string =>
  withoutFormula(text).replace(/[\\\t\r\n]/g, (character) => spellings[character] ?? character)

const spellings: Readonly<Record<string, string>> = {
  "\\": String.raw`\\`,
  "\t": String.raw`\t`,
  "\r": String.raw`\r`,
  "\n": String.raw`\n`
}
