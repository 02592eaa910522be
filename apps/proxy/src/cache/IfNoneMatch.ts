/**
 * Whether a condition of `If-None-Match` is false, so that the answer is 304:
 * one of the listed tags is the current one by weak comparison, or `*`. A value
 * that is no list of tags is no condition.
 *
 * @param fields the values of every `If-None-Match` field
 * @param current the entity tag of the answer, quoted
 * @source RFC 9110, sections 8.8.3 and 13.1.2
 */
export const noneMatchFails = (fields: ReadonlyArray<string>, current: string): boolean => {
  if (fields.length === 0) return false
  const value = fields.join(",").trim()
  if (value === "*") return true
  if (!list.test(value)) return false
  const tags: ReadonlyArray<string> = value.match(opaqueTag) ?? []
  return tags.includes(current)
}

const opaqueTag = /"[\x21\x23-\x7e\x80-\xff]*"/g
const list =
  /^(?:[ \t]*,)*[ \t]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:[ \t]*,(?:[ \t]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")?)*[ \t]*$/
