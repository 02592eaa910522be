/**
 * The text of a cell that a spreadsheet takes for text: one that it would
 * compute gets an apostrophe in front. Numbers are left as they are.
 *
 * @source OWASP, "CSV Injection"
 */
export const withoutFormula = (text: string): string =>
  /^[=@\t\r\n]|^[+-](?!\d+(?:\.\d+)?$)/.test(text) ? `'${text}` : text
