import { closestMatch } from "leven"
import { field, isObject, type JsonObject, type JsonValue } from "../output/JsonValue.ts"
import { type Argument, functionNames, functionOf, Reference } from "./Functions.ts"
import { type Token, tokenize } from "./Lexer.ts"
import { fault } from "./QueryFault.ts"
import { compareNumbers, equal, isArray, isNumber, isTrue } from "./Value.ts"

/** An expression of JMESPath, ready to be asked of any value; it throws a `QueryFault`. */
export interface Expression {
  readonly of: (value: JsonValue) => JsonValue
  /** Whether it looks at the value at all: one that does not is the same for all. */
  readonly looks: boolean
  /** The fields that it asks of objects in the value which have none of that name, in the order in which it asks. */
  readonly misses: (value: JsonValue) => ReadonlyArray<Miss>
}

/** A field that an object does not have. */
export interface Miss {
  readonly name: string
  readonly object: JsonObject
}

/** The values of variables that `let` gave names. */
type Scope = ReadonlyMap<string, JsonValue>
type Evaluate = (value: JsonValue, scope: Scope) => JsonValue

/**
 * Reads an expression: JMESPath with lexical scopes. Throws a `QueryFault`
 * where it is none.
 *
 * @source https://jmespath.org/specification.html
 */
export const parse = (text: string): Expression => {
  try {
    const parser = new Parser(tokenize(text))
    const evaluate = parser.whole()
    const of = (value: JsonValue) => deep(() => evaluate(value, new Map()))
    return { of, looks: parser.looks, misses: (value) => parser.missesOf(() => of(value)) }
  } catch (error) {
    throw shallow(error)
  }
}

/** The stack has an end, and so has the nesting of an expression or a value. */
const shallow = (error: unknown) => (error instanceof RangeError ? fault({ code: "too-deep" }) : error)

const deep = <A>(evaluate: () => A): A => {
  try {
    return evaluate()
  } catch (error) {
    throw shallow(error)
  }
}

/** How strongly a sign binds what stands before it; any other ends an expression. */
const powers: ReadonlyMap<string, number> = new Map([
  ["|", 1],
  ["||", 2],
  ["&&", 3],
  ...["==", "!=", "<", "<=", ">", ">="].map((sign): [string, number] => [sign, 5]),
  ["[]", 9],
  ["[?", 21],
  [".", 40],
  ["[", 55],
  ["(", 60]
])

/** What `*` and `!` bind with, which follow nothing. */
const powerOfStar = 20
const powerOfNot = 45
/** Signs that bind less end a projection. */
const endOfProjection = 9

const current: Evaluate = (value) => value

class Parser {
  readonly #tokens: ReadonlyArray<Token>
  #index = 0
  looks = false
  #misses: Array<Miss> | undefined

  constructor(tokens: ReadonlyArray<Token>) {
    this.#tokens = tokens
  }

  whole(): Evaluate {
    const evaluate = this.#expression(0)
    if (this.#next.type !== "end") throw this.#unexpected()
    return evaluate
  }

  get #next(): Token {
    return this.#tokens[this.#index]!
  }

  #take(): Token {
    const token = this.#next
    if (token.type !== "end") this.#index++
    return token
  }

  #unexpected(token = this.#next) {
    return fault(
      token.type === "end" ? { code: "unfinished" } : { code: "unexpected", text: token.text, at: token.at + 1 }
    )
  }

  #is(sign: string, ahead = 0): boolean {
    const token = this.#tokens[this.#index + ahead]
    return token?.type === "sign" && token.text === sign
  }

  #skips(sign: string): boolean {
    const found = this.#is(sign)
    if (found) this.#index++
    return found
  }

  #expect(sign: string): void {
    if (!this.#skips(sign)) throw this.#unexpected()
  }

  #power(): number {
    return this.#next.type === "sign" ? (powers.get(this.#next.text) ?? 0) : 0
  }

  #expression(power: number): Evaluate {
    let left = this.#operand()
    while (power < this.#power()) left = this.#after(left)
    return left
  }

  /** What may begin an expression. */
  #operand(): Evaluate {
    const token = this.#take()
    switch (token.type) {
      case "literal":
        return () => token.value
      case "variable":
        return (_, scope) => {
          const value = scope.get(token.name)
          if (value === undefined) throw fault({ code: "unknown-variable", name: token.name })
          return value
        }
      case "name":
        if (token.name === "let" && this.#next.type === "variable") return this.#let()
        return this.#skips("(") ? this.#call(token.name) : this.#field(token.name)
      case "quoted":
        if (this.#is("(")) throw this.#unexpected()
        return this.#field(token.name)
      case "sign":
        return this.#sign(token)
      default:
        throw this.#unexpected(token)
    }
  }

  #sign(token: Token): Evaluate {
    switch (token.text) {
      case "@":
        this.looks = true
        return current
      case "*":
        this.looks = true
        return values(current, this.#projected(powerOfStar))
      case "!": {
        const right = this.#expression(powerOfNot)
        return (value, scope) => !isTrue(right(value, scope))
      }
      case "(": {
        const inner = this.#expression(0)
        this.#expect(")")
        return inner
      }
      case "{":
        return this.#selectObject()
      case "[":
        if (this.#beginsIndex()) return this.#bracket(current)
        return this.#is("*") && this.#is("]", 1) ? this.#bracket(current) : this.#selectList()
      case "[]":
      case "[?":
        this.looks = true
        this.#index--
        return this.#after(current)
      default:
        throw this.#unexpected(token)
    }
  }

  /** What may follow an expression. */
  #after(left: Evaluate): Evaluate {
    const token = this.#take()
    const sign = token.text
    switch (sign) {
      case ".":
        if (this.#skips("*")) return values(left, this.#projected(powers.get(".")!))
        return then(left, this.#member(powers.get(".")!))
      case "|":
        return then(left, this.#expression(1), "even of null")
      case "||": {
        const right = this.#expression(2)
        return (value, scope) => {
          const found = left(value, scope)
          return isTrue(found) ? found : right(value, scope)
        }
      }
      case "&&": {
        const right = this.#expression(3)
        return (value, scope) => {
          const found = left(value, scope)
          return isTrue(found) ? right(value, scope) : found
        }
      }
      case "[]":
        return project(flatten(left), this.#projected(powers.get("[]")!))
      case "[?": {
        const condition = this.#expression(0)
        this.#expect("]")
        return project(filter(left, condition), this.#is("[]") ? current : this.#projected(powers.get("[?")!))
      }
      case "[":
        return this.#bracket(left)
      case "==":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
        return comparison(sign, left, this.#expression(powers.get(sign)!))
      default:
        // A parenthesis is of a call only after a function's name, which has been read with it.
        throw this.#unexpected(token)
    }
  }

  #field(name: string): Evaluate {
    this.looks = true
    return (value) => {
      const found = field(value, name)
      if (found === undefined && isObject(value)) this.#misses?.push({ name, object: value })
      return found ?? null
    }
  }

  /** What fields miss while something is evaluated. */
  missesOf(evaluate: () => unknown): ReadonlyArray<Miss> {
    const misses: Array<Miss> = (this.#misses = [])
    try {
      evaluate()
    } finally {
      this.#misses = undefined
    }
    return misses
  }

  /** What may follow a dot. */
  #member(power: number): Evaluate {
    if (this.#skips("[")) return this.#selectList()
    if (this.#skips("{")) return this.#selectObject()
    if (this.#next.type === "name" || this.#next.type === "quoted" || this.#is("*")) return this.#expression(power)
    throw this.#unexpected()
  }

  /** What is asked of each element of a projection. */
  #projected(power: number): Evaluate {
    if (this.#is("[") || this.#is("[?")) return this.#expression(power)
    if (this.#skips(".")) return this.#member(power)
    if (this.#power() <= endOfProjection) return current
    throw this.#unexpected()
  }

  #beginsIndex(): boolean {
    return this.#next.type === "number" || this.#is(":")
  }

  /** `[0]`, `[*]` and `[0:3:2]`, after the bracket. */
  #bracket(left: Evaluate): Evaluate {
    if (left === current) this.looks = true
    if (this.#skips("*")) {
      this.#expect("]")
      return project(left, this.#projected(powerOfStar))
    }
    const parts: [number | undefined, number | undefined, number | undefined] = [undefined, undefined, undefined]
    let colons = 0
    for (let isNumbered = false; !this.#is("]");) {
      const token = this.#take()
      if (token.type === "number" && !isNumbered) {
        parts[colons] = token.number
        isNumbered = true
      } else if (token.type === "sign" && token.text === ":" && ++colons < 3) isNumbered = false
      else throw this.#unexpected(token)
    }
    this.#expect("]")
    const [start, stop, step = 1] = parts
    if (colons > 0) {
      if (step === 0) throw fault({ code: "value", name: "[::]", found: "0" })
      return project(slice(left, start, stop, step), this.#projected(powerOfStar))
    }
    if (start === undefined) throw this.#unexpected()
    return (value, scope) => {
      const list = left(value, scope)
      return isArray(list) ? (list.at(start) ?? null) : null
    }
  }

  #call(name: string): Evaluate {
    const call = functionOf(name)
    if (call === undefined) {
      throw fault({ code: "unknown-function", name, near: closestMatch(name, functionNames, { maxDistance: 2 }) })
    }
    const given = this.#list(")", (): ((value: JsonValue, scope: Scope) => Argument) => {
      if (!this.#skips("&")) return this.#expression(0)
      const referenced = this.#expression(0)
      return (_, scope) => new Reference((value) => referenced(value, scope))
    })
    return (value, scope) => call(given.map((argument) => argument(value, scope)))
  }

  #selectList(): Evaluate {
    const parts = this.#list("]", () => this.#expression(0))
    if (parts.length === 0) throw this.#unexpected()
    return (value, scope) => (value === null ? null : parts.map((part) => part(value, scope)))
  }

  #selectObject(): Evaluate {
    const parts = this.#list("}", (): readonly [string, Evaluate] => {
      const token = this.#take()
      if (token.type !== "name" && token.type !== "quoted") throw this.#unexpected(token)
      this.#expect(":")
      return [token.name, this.#expression(0)]
    })
    if (parts.length === 0) throw this.#unexpected()
    return (value, scope) =>
      value === null
        ? null
        : (Object.fromEntries(parts.map(([name, part]) => [name, part(value, scope)])) satisfies JsonObject)
  }

  /** `let $one = a, $two = b in expression`, after its first word: a name is known behind `in` alone. */
  #let(): Evaluate {
    const bindings: Array<readonly [string, Evaluate]> = []
    do {
      const token = this.#take()
      if (token.type !== "variable") throw this.#unexpected(token)
      this.#expect("=")
      bindings.push([token.name, this.#expression(0)])
    } while (this.#skips(","))
    const word = this.#take()
    if (word.type !== "name" || word.name !== "in") throw this.#unexpected(word)
    const body = this.#expression(0)
    return (value, scope) =>
      body(value, new Map([...scope, ...bindings.map(([name, of]) => [name, of(value, scope)] as const)]))
  }

  /** Parts between commas up to a closing sign; a comma has a part on either side. */
  #list<A>(end: string, part: () => A): ReadonlyArray<A> {
    if (this.#skips(end)) return []
    const parts = [part()]
    while (this.#skips(",")) parts.push(part())
    this.#expect(end)
    return parts
  }
}

const then = (left: Evaluate, right: Evaluate, even?: "even of null"): Evaluate => {
  return (value, scope) => {
    const found = left(value, scope)
    return found === null && even === undefined ? null : right(found, scope)
  }
}

/** Asks `right` of each element; what it makes null of is left out. Null of what is no list. */
const project =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    if (!isArray(list)) return null
    return list.map((each) => right(each, scope)).filter((each) => each !== null)
  }

const values = (left: Evaluate, right: Evaluate): Evaluate =>
  project((value, scope) => {
    const found = left(value, scope)
    return isObject(found) ? Object.values(found) : null
  }, right)

const flatten =
  (left: Evaluate): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    return isArray(list) ? list.flatMap((each) => each) : null
  }

const filter =
  (left: Evaluate, condition: Evaluate): Evaluate =>
  (value, scope) => {
    const list = left(value, scope)
    return isArray(list) ? list.filter((each) => isTrue(condition(each, scope))) : null
  }

const slice =
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
const comparison = (sign: "==" | "!=" | "<" | "<=" | ">" | ">=", left: Evaluate, right: Evaluate): Evaluate => {
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
