import { en } from "./en.ts"
import { zh } from "./zh.ts"

/** The words of `cbr list` in each language. */
export const texts = { en, zh }
