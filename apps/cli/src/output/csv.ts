import { delimitedFormat } from "./delimitedFormat.ts"
import { withoutFormula } from "./SpreadsheetCell.ts"

/**
 * Comma-separated values with a header line. A possible formula gets an apostrophe in front.
 *
 * @source RFC 4180
 */
export const csv = delimitedFormat((cells) => cells.map(cell).join(","))

const cell = (text: string): string => {
  const inertCell = withoutFormula(text)
  return /[",\r\n]/.test(inertCell) ? `"${inertCell.replaceAll('"', '""')}"` : inertCell
}
