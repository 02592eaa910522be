import { closestMatch } from "leven"
import {
  comparison,
  current,
  type Evaluate,
  filter,
  flatten,
  project,
  type Scope,
  slice,
  sequence,
  values
} from "./Evaluate.ts"
import { type Argument, Reference } from "./FunctionParameters.ts"
import { functionNames, functionOf } from "./Functions.ts"
import { field, isObject, type JsonObject, type JsonValue } from "./JsonValue.ts"
import { type Token, tokenize } from "./Lexer.ts"
import { fault, QueryFault } from "./QueryFault.ts"
import { isArray, isTrue } from "./Value.ts"

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

/**
 * A field that an object does not have.
 * @category Queries
 * @since 0.2.0
 */
export interface Miss {
  readonly name: string
  readonly object: JsonObject
}

/** Reads the tokens of an expression, in which each sign binds what stands before it by its power. */
export class Parser {
  readonly #tokens: ReadonlyArray<Token>
  #index = 0
  looks = false
  #misses: Array<Miss> | undefined

  constructor(expression: string) {
    this.#tokens = tokenize(expression)
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
    const at = token.at + 1
    return fault(token.type === "end" ? { code: "unfinished", at } : { code: "unexpected", text: token.text, at })
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
        return this.#skips("(") ? this.#call(token.name, token.at + 1) : this.#field(token.name)
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
        return sequence(left, this.#member(powers.get(".")!))
      case "|":
        return sequence(left, this.#expression(1), "even of null")
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

  /** The fields that an evaluation misses, up to its fault if it has one. */
  missesOf(evaluate: () => unknown): ReadonlyArray<Miss> {
    const misses: Array<Miss> = (this.#misses = [])
    try {
      evaluate()
    } catch (error) {
      if (!(error instanceof QueryFault)) throw error
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

  #call(name: string, at: number): Evaluate {
    const call = functionOf(name)
    if (call === undefined) {
      throw fault({ code: "unknown-function", name, near: closestMatch(name, functionNames, { maxDistance: 2 }), at })
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
