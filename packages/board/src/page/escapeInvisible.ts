/** Characters that end a line, move a cursor or turn the direction of what follows. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu

/**
 * A text of the service for people to read: what cannot be seen is written out, as `\u202e`, so that no name looks like
 * another. Markup needs no care: no text of this page becomes any.
 */
export const escapeInvisible = (text: string): string =>
  text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`
  })
