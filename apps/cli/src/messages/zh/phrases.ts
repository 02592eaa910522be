/** 前后相连；除非相接处两边都是汉字，否则以空格隔开。 */
export const joined = (before: string, after: string): string =>
  /\p{Script=Han}$/u.test(before) && /^\p{Script=Han}/u.test(after) ? before + after : `${before} ${after}`

/** 依次列出。 */
export const listed = (parts: ReadonlyArray<string>): string => parts.join("、")
