/**
 * A text as a literal of JMESPath, between single quotes. A text with a backslash is JSON between backticks, since a
 * raw string cannot end in a backslash.
 *
 * @source https://jmespath.org/specification.html#raw-string-literals
 */
export const textLiteral = (text: string): string =>
  text.includes("\\")
    ? `\`${JSON.stringify(text).replaceAll("`", "\\`")}\``
    : `'${text.replaceAll("'", String.raw`\'`)}'`
