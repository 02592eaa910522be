/** Several things, in a sentence. */
export const listOf = (parts: ReadonlyArray<string>): string => parts.join(" and ")

/** A number of things, in the singular or the plural. */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
