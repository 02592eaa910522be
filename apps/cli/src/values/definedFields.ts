/** An object as it is without the keys whose value is undefined. */
export type DefinedFields<T extends object> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/**
 * The fields of an object that have a value: `exactOptionalPropertyTypes` takes no key that is there and undefined.
 *
 * @example
 * ```ts
 * definedFields({ id: "a", region: undefined }) // { id: "a" }
 * ```
 */
export const definedFields = <T extends object>(fields: T): DefinedFields<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as DefinedFields<T>
