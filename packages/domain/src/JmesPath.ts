/** A text as JMESPath's raw string literal, in which a quote of its own does not end it. */
export const rawString = (text: string): string => `'${text.replace(/['\\]/g, String.raw`\$&`)}'`
