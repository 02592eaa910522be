import { JsonText } from "@cbr/domain"

/**
 * A JSON value; an integer that no `number` can hold is a `bigint`.
 * @category Queries
 * @since 0.2.0
 */
export type JsonValue = null | boolean | number | bigint | string | ReadonlyArray<JsonValue> | JsonObject

/**
 * An object of JSON.
 * @category Queries
 * @since 0.2.0
 */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/**
 * Reads a JSON text without losing an integer: `9007199254740993` becomes a
 * `bigint`. The text must be JSON, as a text that the domain has read is.
 * @category Queries
 * @since 0.2.0
 */
export const parse = (text: string): JsonValue =>
  JSON.parse(text.charCodeAt(0) === JsonText.byteOrderMark ? text.slice(1) : text, exact) as JsonValue

const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value
  const integer = integerOf(context?.source ?? "")
  return integer === undefined ? value : fromInteger(integer)
}

/** An integer as a `number`, if its text is exact: the text of 18014398509481992 is `18014398509481990`. */
export const fromInteger = (integer: bigint): number | bigint => {
  const number = Number(integer)
  return integerOf(String(number)) === integer ? number : integer
}

/** The most zeros of an exponent: a short text must not make a number of gigabytes. */
const mostZeros = 1000

/** The integer value of a JSON number in any spelling; undefined for a fraction. */
const integerOf = (source: string): bigint | undefined => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? []
  const digits = whole + fraction
  const zeros = Number(exponent) - fraction.length
  if (digits === "" || zeros > mostZeros || !/^0*$/.test(zeros < 0 ? digits.slice(zeros) : "")) return undefined
  return BigInt(sign + (zeros < 0 ? digits.slice(0, zeros) || "0" : digits + "0".repeat(zeros)))
}

// In Node since 21; missing in the compiler's library.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

/**
 * The text of a value, on one line or laid out by two spaces a level.
 * @category Queries
 * @since 0.2.0
 */
export const stringify = (value: JsonValue, layout: "line" | "indented"): string =>
  JSON.stringify(
    value,
    (_key, inner: unknown) => (typeof inner === "bigint" ? rawJSON(String(inner)) : inner),
    layout === "line" ? undefined : 2
  )

/**
 * Whether a value is an object, and no list.
 * @category Queries
 * @since 0.2.0
 */
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * An own field of an object: `{}` has no field `constructor`.
 * @category Queries
 * @since 0.2.0
 */
export const field = (value: JsonValue, name: string): JsonValue | undefined =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
