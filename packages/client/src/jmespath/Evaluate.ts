import { type Argument, Reference } from "./FunctionParameters.ts"
import { field as fieldOf, isObject, type JsonObject, type JsonValue } from "./JsonValue.ts"
import { fault } from "./QueryFault.ts"
import { compareNumbers, equal, isArray, isNumber, isTrue } from "./Value.ts"

/**
 * A field that an object does not have.
 * @category Queries
 * @since 0.2.0
 */
export interface Miss {
  readonly name: string
  readonly object: JsonObject
}

/** The surroundings of a part of an expression. */
export interface Scope {
  /** The values of the variables that `let` binds. */
  readonly variables: ReadonlyMap<string, JsonValue>
  /** Collects each field that an object does not have. */
  readonly misses?: Array<Miss> | undefined
}

/** A part of an expression, as the function that gives its value. */
export type Evaluate = (value: JsonValue, scope: Scope) => JsonValue

/** `@` */
export const current: Evaluate = (value) => value

export const field =
  (name: string): Evaluate =>
  (value, { misses }) => {
    const found = fieldOf(value, name)
    if (found === undefined && isObject(value)) misses?.push({ name, object: value })
    return found ?? null
  }

export const variable =
  (name: string): Evaluate =>
  (_, { variables }) => {
    const value = variables.get(name)
    if (value === undefined) throw fault({ code: "unknown-variable", name })
    return value
  }

/** `let`: evaluates `body` with the bound variables. */
export const bind =
  (bindings: ReadonlyArray<readonly [string, Evaluate]>, body: Evaluate): Evaluate =>
  (value, scope) => {
    const bound = bindings.map(([name, of]) => [name, of(value, scope)] as const)
    return body(value, { ...scope, variables: new Map([...scope.variables, ...bound]) })
  }

/** `left.right`: null if `left` is null. */
export const sequence =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) => {
    const found = left(value, scope)
    return found === null ? null : right(found, scope)
  }

/** `left | right` */
export const pipe =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) =>
    right(left(value, scope), scope)

export const or =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) => {
    const found = left(value, scope)
    return isTrue(found) ? found : right(value, scope)
  }

export const and =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) => {
    const found = left(value, scope)
    return isTrue(found) ? right(value, scope) : found
  }

export const not =
  (right: Evaluate): Evaluate =>
  (value, scope) =>
    !isTrue(right(value, scope))

/** Evaluates the list that `left` gives; null if `left` gives no list. */
const ofList =
  (left: Evaluate, evaluate: (list: ReadonlyArray<JsonValue>, scope: Scope) => JsonValue): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    return isArray(list) ? evaluate(list, scope) : null
  }

/** Evaluates `right` for each element, and leaves out each null. */
export const project = (left: Evaluate, right: Evaluate): Evaluate =>
  ofList(left, (list, scope) => list.map((each) => right(each, scope)).filter((each) => each !== null))

/** Projects the values of an object. */
export const values = (left: Evaluate, right: Evaluate): Evaluate =>
  project((value, scope) => {
    const found = left(value, scope)
    return isObject(found) ? Object.values(found) : null
  }, right)

export const flatten = (left: Evaluate): Evaluate => ofList(left, (list) => list.flatMap((each) => each))

export const filter = (left: Evaluate, condition: Evaluate): Evaluate =>
  ofList(left, (list, scope) => list.filter((each) => isTrue(condition(each, scope))))

export const index = (left: Evaluate, at: number): Evaluate => ofList(left, (list) => list.at(at) ?? null)

export const slice = (left: Evaluate, start: number | undefined, stop: number | undefined, step: number): Evaluate =>
  ofList(left, (list) => {
    const [lowest, highest] = step > 0 ? [0, list.length] : [-1, list.length - 1]
    const bound = (part: number | undefined, usual: number): number =>
      part === undefined ? usual : Math.min(Math.max(part < 0 ? part + list.length : part, lowest), highest)
    const from = bound(start, step > 0 ? lowest : highest)
    const to = bound(stop, step > 0 ? highest : lowest)
    const length = Math.max(0, Math.ceil((to - from) / step))
    return Array.from({ length }, (_, index) => list[from + index * step]!)
  })

/** `[one, other]`: null of null. */
export const selectList =
  (parts: ReadonlyArray<Evaluate>): Evaluate =>
  (value, scope) =>
    value === null ? null : parts.map((part) => part(value, scope))

/** `{one: other}`: null of null. */
export const selectObject =
  (parts: ReadonlyArray<readonly [string, Evaluate]>): Evaluate =>
  (value, scope) =>
    value === null ? null : Object.fromEntries(parts.map(([name, part]) => [name, part(value, scope)]))

/** Compares any values for equality, and only numbers by their order. */
export const comparison =
  (sign: "==" | "!=" | "<" | "<=" | ">" | ">=", left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) => {
    const [one, other] = [left(value, scope), right(value, scope)]
    if (sign === "==") return equal(one, other)
    if (sign === "!=") return !equal(one, other)
    if (!isNumber(one) || !isNumber(other)) return null
    const order = compareNumbers(one, other)
    if (order === 0) return sign.endsWith("=")
    return order < 0 === sign.startsWith("<")
  }

/** An argument of a function. */
export type EvaluateArgument = (value: JsonValue, scope: Scope) => Argument

/** `&expression` */
export const reference =
  (expression: Evaluate): EvaluateArgument =>
  (_, scope) =>
    new Reference((value) => expression(value, scope))

export const call =
  (of: (given: ReadonlyArray<Argument>) => JsonValue, given: ReadonlyArray<EvaluateArgument>): Evaluate =>
  (value, scope) =>
    of(given.map((argument) => argument(value, scope)))
