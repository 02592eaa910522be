/**
 * Whether a text of the service may stand in a field of an answer: it may say
 * anything, or have something left out of it, and Node sends no answer with
 * most other letters in a field.
 */
export const isHeaderValue = (text: string | undefined): text is string =>
  text !== undefined && /^[\x20-\x7e]+$/.test(text)
