import { isObject, type JsonObject, type JsonValue } from "./JsonValue.ts"

/** A number of JSON: an integer that no `number` can hold is a `bigint`. */
export type JsonNumber = number | bigint

/** A value's type by JMESPath's name for it. */
export type TypeName = "null" | "boolean" | "number" | "string" | "array" | "object"

export const isArray = (value: JsonValue): value is ReadonlyArray<JsonValue> => Array.isArray(value)

export const isNumber = (value: JsonValue): value is JsonNumber =>
  typeof value === "number" || typeof value === "bigint"

export const typeOf = (value: JsonValue): TypeName => {
  if (value === null) return "null"
  if (isArray(value)) return "array"
  return typeof value === "bigint" ? "number" : (typeof value as TypeName)
}

/** JMESPath's truth: all but `null`, `false`, and empty texts, lists and objects. */
export const isTrue = (value: JsonValue): boolean => {
  if (isArray(value)) return value.length > 0
  if (isObject(value)) return Object.keys(value).length > 0
  return value !== null && value !== false && value !== ""
}

/** Negative, zero or positive; exact between integers of any size and fractions. */
export const compareNumbers = (one: JsonNumber, other: JsonNumber): number => {
  if (one < other) return -1
  return one > other ? 1 : 0
}

/** The order of code points, which is not that of the UTF-16 units that `<` compares. */
export const compareTexts = (one: string, other: string): number => {
  const [ones, others] = [Array.from(one), Array.from(other)]
  for (const [index, character] of ones.entries()) {
    const against = others[index]
    if (against === undefined) return 1
    if (character !== against) return character.codePointAt(0)! - against.codePointAt(0)!
  }
  return ones.length - others.length
}

export const equal = (one: JsonValue, other: JsonValue): boolean => {
  if (isNumber(one) && isNumber(other)) return compareNumbers(one, other) === 0
  if (isArray(one) && isArray(other)) {
    return one.length === other.length && one.every((each, index) => equal(each, other[index]!))
  }
  if (isObject(one) && isObject(other)) return equalObjects(one, other)
  return one === other
}

const equalObjects = (one: JsonObject, other: JsonObject): boolean => {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && equal(one[name]!, other[name]!))
  )
}
