import { closestMatch } from "leven"

/** Edits between a word and one that it may have meant; as many as the command library allows. */
const furthest = 2

/**
 * The name that a word may have meant, if any is near: the same in other
 * letters' case, one that it begins, or one that few edits away.
 *
 * @example
 * ```ts
 * nearest("yml", ["json", "yaml"]) // "yaml"
 * ```
 */
export const nearest = <Name extends string>(word: string, names: ReadonlyArray<Name>): Name | undefined => {
  const lower = word.toLowerCase()
  const same = names.find((name) => name.toLowerCase() === lower)
  if (same !== undefined || lower === "") return same
  const maxDistance = Math.min(furthest, Math.ceil(lower.length / 2))
  const near = closestMatch(
    lower,
    names.map((name) => name.toLowerCase()),
    { maxDistance }
  )
  if (near !== undefined) return names.find((name) => name.toLowerCase() === near)
  return lower.length < 3 ? undefined : names.find((name) => name.toLowerCase().startsWith(lower))
}
