/**
 * A text as a literal of JMESPath: between single quotes, and where a backslash
 * is in it as JSON between backticks, since a raw string cannot end in one.
 *
 * @source https://jmespath.org/specification.html#raw-string-literals
 */
export const textLiteral = (text: string): string =>
  text.includes("\\")
    ? `\`${JSON.stringify(text).replaceAll("`", "\\`")}\``
    : `'${text.replaceAll("'", String.raw`\'`)}'`
