/**
 * A text as one word of a shell's command line, so that advice can be typed as it stands.
 *
 * @example
 * ```ts
 * shellWord("my server") // "'my server'"
 * ```
 */
export const shellWord = (text: string): string =>
  /^[\w.:/@-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
