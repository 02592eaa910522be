/**
 * Puts an apostrophe in front of a cell that a spreadsheet would compute. Numbers stay as they are.
 *
 * @source OWASP, "CSV Injection"
 */
export const withoutFormula = (text: string): string =>
  /^[=@\t\r\n]|^[+-](?!\d+(?:\.\d+)?$)/.test(text) ? `'${text}` : text
