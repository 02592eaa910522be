/** The fields of a struct as they came: of any type, or not at all. */
export type Raw<T> = { readonly [Field in keyof T]?: unknown }

/** A struct while it is put together. */
export type Mutable<T> = { -readonly [Field in keyof T]: T[Field] }

/** Makes a plain object of the fields that fit. */
export type FieldsOf<T> = new (source: object) => T

/** Whether a JSON value is an object: no array, and not `null`. */
export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * A list of structs. The place of an element that is no object is kept by a
 * struct without fields, so that the list keeps its length.
 */
export const objectsOf = <T>(list: ReadonlyArray<unknown>, Fields: FieldsOf<T>): ReadonlyArray<T> =>
  list.map((element) => new Fields(isObject(element) ? element : {}))
