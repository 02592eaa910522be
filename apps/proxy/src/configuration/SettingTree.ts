/** Settings by name. */
export type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value)

/** The value of a setting; `undefined` where there is none. */
export const valueAt = (tree: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, name) => (isTree(value) ? value[name] : undefined), tree)

/** A copy of the tree with a value at a path; without the path where the value is `undefined`. */
export const withValueAt = (tree: Tree, [first = "", ...rest]: ReadonlyArray<PropertyKey>, value: unknown): Tree => {
  const { [first]: inner, ...others } = tree as Readonly<Record<PropertyKey, unknown>>
  if (rest.length > 0) {
    if (value === undefined && !isTree(inner)) return tree
    return { ...tree, [first]: withValueAt(isTree(inner) ? inner : {}, rest, value) }
  }
  return value === undefined ? others : { ...tree, [first]: value }
}
