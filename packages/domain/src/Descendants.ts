import type { BackupResp } from "./BackupResp.ts"

/**
 * A part of a backup, or a part of its parts.
 * @category Questions
 * @since 0.1.0
 */
export interface Descendant {
  /** Where, from the backup down: `children[0].children[2]`. */
  readonly path: string
  readonly part: BackupResp
}

/**
 * All parts of a backup, at any depth, each before its own parts.
 *
 * @example
 * ```ts
 * descendants(backup).filter(({ part }) => part.status === "error").map(({ path }) => path)
 * // ["children[0].children[2]"]
 * ```
 * @category Questions
 * @since 0.1.0
 */
export const descendants = (backup: BackupResp): ReadonlyArray<Descendant> => below(backup, "")

const below = ({ children = [] }: BackupResp, prefix: string): ReadonlyArray<Descendant> =>
  children.flatMap((part, index) => {
    const path = `${prefix}children[${index}]`
    return [{ path, part }, ...below(part, `${path}.`)]
  })
