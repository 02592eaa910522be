import { isObject, type JsonValue } from "./JsonValue.ts"
import { compareNumbers, equal, isArray, isNumber, isTrue } from "./Value.ts"

/** The values of variables that `let` gave names. */
export type Scope = ReadonlyMap<string, JsonValue>
/** A part of an expression, as what it makes of a value. */
export type Evaluate = (value: JsonValue, scope: Scope) => JsonValue

/** `@`: the value itself. */
export const current: Evaluate = (value) => value

export const sequence = (left: Evaluate, right: Evaluate, even?: "even of null"): Evaluate => {
  return (value, scope) => {
    const found = left(value, scope)
    return found === null && even === undefined ? null : right(found, scope)
  }
}

/** Asks `right` of each element; what it makes null of is left out. Null of what is no list. */
export const project =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    if (!isArray(list)) return null
    return list.map((each) => right(each, scope)).filter((each) => each !== null)
  }

export const values = (left: Evaluate, right: Evaluate): Evaluate =>
  project((value, scope) => {
    const found = left(value, scope)
    return isObject(found) ? Object.values(found) : null
  }, right)

export const flatten =
  (left: Evaluate): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    return isArray(list) ? list.flatMap((each) => each) : null
  }

export const filter =
  (left: Evaluate, condition: Evaluate): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    return isArray(list) ? list.filter((each) => isTrue(condition(each, scope))) : null
  }

export const slice =
  (left: Evaluate, start: number | undefined, stop: number | undefined, step: number): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    if (!isArray(list)) return null
    const [lowest, highest] = step > 0 ? [0, list.length] : [-1, list.length - 1]
    const bound = (part: number | undefined, usual: number): number =>
      part === undefined ? usual : Math.min(Math.max(part < 0 ? part + list.length : part, lowest), highest)
    const from = bound(start, step > 0 ? lowest : highest)
    const to = bound(stop, step > 0 ? highest : lowest)
    const length = Math.max(0, Math.ceil((to - from) / step))
    return Array.from({ length }, (_, index) => list[from + index * step]!)
  }

/** Any values are equal or not; only numbers have an order. */
export const comparison = (sign: "==" | "!=" | "<" | "<=" | ">" | ">=", left: Evaluate, right: Evaluate): Evaluate => {
  return (value, scope) => {
    const [one, other] = [left(value, scope), right(value, scope)]
    if (sign === "==") return equal(one, other)
    if (sign === "!=") return !equal(one, other)
    if (!isNumber(one) || !isNumber(other)) return null
    const order = compareNumbers(one, other)
    if (order === 0) return sign.endsWith("=")
    return order < 0 === sign.startsWith("<")
  }
}
