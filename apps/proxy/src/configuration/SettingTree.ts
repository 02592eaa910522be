/** Settings by name. */
export type Tree = Readonly<Record<string, unknown>>

/** The path to a setting: names, and positions in lists. */
export type SettingPath = ReadonlyArray<PropertyKey>

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value)

/** The value of a setting; undefined without one. */
export const valueAt = (tree: unknown, path: SettingPath): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Readonly<Record<PropertyKey, unknown>>)[name]
        : undefined,
    tree
  )

/** A copy of the tree with a value at a path, or without the path if the value is undefined. */
export const withValueAt = (tree: Tree, [first = "", ...rest]: SettingPath, value: unknown): Tree => {
  const { [first]: inner, ...others } = tree as Readonly<Record<PropertyKey, unknown>>
  if (rest.length > 0) {
    if (value === undefined && !isTree(inner)) return tree
    return { ...tree, [first]: withValueAt(isTree(inner) ? inner : {}, rest, value) }
  }
  return value === undefined ? others : { ...tree, [first]: value }
}
