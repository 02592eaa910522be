import { closestMatch } from "leven"

/** Edits between a word and a name that it may have meant. */
const furthest = 2

/** A longer word means no name. */
const longestCompared = 64

/**
 * The name that a word may have meant, if any is near: the same in other
 * letters' case, one a few edits away, one that it begins, or one that begins it.
 *
 * @example
 * ```ts
 * nearestName("yml", ["json", "yaml"]) // "yaml"
 * ```
 * @category Configuration
 * @since 0.2.0
 */
export const nearestName = <Name extends string>(word: string, names: ReadonlyArray<Name>): Name | undefined => {
  if (word.length > longestCompared) return undefined
  const lower = word.toLowerCase()
  const lowerNames = names.map((name) => name.toLowerCase())
  // A word of two letters is two edits away from most.
  const maxDistance = Math.min(furthest, Math.trunc(lower.length / 2))
  const near =
    lowerNames.find((name) => name === lower) ??
    closestMatch(lower, lowerNames, { maxDistance }) ??
    lowerNames.find((name) => lower.length >= 3 && name.startsWith(lower)) ??
    lowerNames.find((name) => name.length >= 2 && lower.startsWith(name))
  return near === undefined ? undefined : names[lowerNames.indexOf(near)]
}
