import { closestMatch } from "leven"
import * as Evaluate from "./Evaluate.ts"
import { functionNames, functionOf } from "./Functions.ts"
import type { Token } from "./Lexer.ts"
import { fault } from "./QueryFault.ts"
import { TokenCursor } from "./TokenCursor.ts"

/** The power with which a sign binds the operand before it; any other sign ends an expression. */
const powers = {
  "|": 1,
  "||": 2,
  "&&": 3,
  "==": 5,
  "!=": 5,
  "<": 5,
  "<=": 5,
  ">": 5,
  ">=": 5,
  "[]": 9,
  "[?": 21,
  ".": 40,
  "[": 55,
  "(": 60
}

/** The powers of `*` and `!`, which have no operand before them. */
const powerOfStar = 20
const powerOfNot = 45
/** Signs that bind less end a projection. */
const endOfProjection = 9

/** Parses an expression, in which each sign binds the operand before it by its power. */
export class Parser {
  readonly #tokens: TokenCursor
  /** Whether the expression uses the value. */
  looks = false

  constructor(expression: string) {
    this.#tokens = new TokenCursor(expression)
  }

  whole(): Evaluate.Evaluate {
    const evaluate = this.#expression(0)
    if (this.#tokens.next.type !== "end") throw this.#tokens.unexpected()
    return evaluate
  }

  #power(): number {
    const { next } = this.#tokens
    return next.type === "sign" && next.text in powers ? powers[next.text as keyof typeof powers] : 0
  }

  #expression(power: number): Evaluate.Evaluate {
    let left = this.#operand()
    while (power < this.#power()) left = this.#operation(left, this.#tokens.take())
    return left
  }

  #operand(): Evaluate.Evaluate {
    const token = this.#tokens.take()
    switch (token.type) {
      case "literal":
        return () => token.value
      case "variable":
        return Evaluate.variable(token.name)
      case "name":
        if (token.name === "let" && this.#tokens.next.type === "variable") return this.#let()
        return this.#tokens.skips("(") ? this.#call(token.name, token.at + 1) : this.#field(token.name)
      case "quoted":
        if (this.#tokens.is("(")) throw this.#tokens.unexpected()
        return this.#field(token.name)
      case "sign":
        return this.#sign(token)
      default:
        throw this.#tokens.unexpected(token)
    }
  }

  /** An operand that begins with a sign. */
  #sign(token: Token): Evaluate.Evaluate {
    switch (token.text) {
      case "@":
        return this.#current()
      case "*":
        return Evaluate.values(this.#current(), this.#projected(powerOfStar))
      case "!":
        return Evaluate.not(this.#expression(powerOfNot))
      case "(": {
        const inner = this.#expression(0)
        this.#tokens.expect(")")
        return inner
      }
      case "{":
        return this.#selectObject()
      case "[": {
        const { next } = this.#tokens
        const isSubscript =
          next.type === "number" || this.#tokens.is(":") || (this.#tokens.is("*") && this.#tokens.is("]", 1))
        return isSubscript ? this.#subscript(this.#current()) : this.#selectList()
      }
      case "[]":
      case "[?":
        return this.#operation(this.#current(), token)
      default:
        throw this.#tokens.unexpected(token)
    }
  }

  /** An operation on the operand before the sign. */
  #operation(left: Evaluate.Evaluate, token: Token): Evaluate.Evaluate {
    const sign = token.text
    switch (sign) {
      case ".":
        return this.#tokens.skips("*")
          ? Evaluate.values(left, this.#projected(powers["."]))
          : Evaluate.sequence(left, this.#member(powers["."]))
      case "|":
        return Evaluate.pipe(left, this.#expression(powers["|"]))
      case "||":
        return Evaluate.or(left, this.#expression(powers["||"]))
      case "&&":
        return Evaluate.and(left, this.#expression(powers["&&"]))
      case "[]":
        return Evaluate.project(Evaluate.flatten(left), this.#projected(powers["[]"]))
      case "[?": {
        const list = Evaluate.filter(left, this.#expression(0))
        this.#tokens.expect("]")
        return Evaluate.project(list, this.#tokens.is("[]") ? Evaluate.current : this.#projected(powers["[?"]))
      }
      case "[":
        return this.#subscript(left)
      case "==":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
        return Evaluate.comparison(sign, left, this.#expression(powers[sign]))
      default:
        // A call's parenthesis is read with the name of the function.
        throw this.#tokens.unexpected(token)
    }
  }

  #current(): Evaluate.Evaluate {
    this.looks = true
    return Evaluate.current
  }

  #field(name: string): Evaluate.Evaluate {
    this.looks = true
    return Evaluate.field(name)
  }

  /** The part behind a dot. */
  #member(power: number): Evaluate.Evaluate {
    if (this.#tokens.skips("[")) return this.#selectList()
    if (this.#tokens.skips("{")) return this.#selectObject()
    const { next } = this.#tokens
    if (next.type === "name" || next.type === "quoted" || this.#tokens.is("*")) return this.#expression(power)
    throw this.#tokens.unexpected()
  }

  /** The part that a projection evaluates for each element. */
  #projected(power: number): Evaluate.Evaluate {
    if (this.#tokens.is("[") || this.#tokens.is("[?")) return this.#expression(power)
    if (this.#tokens.skips(".")) return this.#member(power)
    if (this.#power() <= endOfProjection) return Evaluate.current
    throw this.#tokens.unexpected()
  }

  /** `[0]`, `[*]` and `[0:3:2]`, behind the opening bracket. */
  #subscript(left: Evaluate.Evaluate): Evaluate.Evaluate {
    if (this.#tokens.skips("*")) {
      this.#tokens.expect("]")
      return Evaluate.project(left, this.#projected(powerOfStar))
    }
    const parts: [number | undefined, number | undefined, number | undefined] = [undefined, undefined, undefined]
    let colons = 0
    for (let isNumbered = false; !this.#tokens.is("]");) {
      const token = this.#tokens.take()
      if (token.type === "number" && !isNumbered) {
        parts[colons] = token.number
        isNumbered = true
      } else if (token.type === "sign" && token.text === ":" && ++colons < 3) isNumbered = false
      else throw this.#tokens.unexpected(token)
    }
    this.#tokens.expect("]")
    const [start, stop, step = 1] = parts
    if (colons > 0) {
      if (step === 0) throw fault({ code: "value", name: "[::]", found: "0" })
      return Evaluate.project(Evaluate.slice(left, start, stop, step), this.#projected(powerOfStar))
    }
    if (start === undefined) throw this.#tokens.unexpected()
    return Evaluate.index(left, start)
  }

  #call(name: string, at: number): Evaluate.Evaluate {
    const of = functionOf(name)
    if (of === undefined) {
      throw fault({ code: "unknown-function", name, near: closestMatch(name, functionNames, { maxDistance: 2 }), at })
    }
    return Evaluate.call(
      of,
      this.#tokens.list(")", () =>
        this.#tokens.skips("&") ? Evaluate.reference(this.#expression(0)) : this.#expression(0)
      )
    )
  }

  #selectList(): Evaluate.Evaluate {
    const parts = this.#tokens.list("]", () => this.#expression(0))
    if (parts.length === 0) throw this.#tokens.unexpected()
    return Evaluate.selectList(parts)
  }

  #selectObject(): Evaluate.Evaluate {
    const parts = this.#tokens.list("}", (): readonly [string, Evaluate.Evaluate] => {
      const token = this.#tokens.take()
      if (token.type !== "name" && token.type !== "quoted") throw this.#tokens.unexpected(token)
      this.#tokens.expect(":")
      return [token.name, this.#expression(0)]
    })
    if (parts.length === 0) throw this.#tokens.unexpected()
    return Evaluate.selectObject(parts)
  }

  /** `let $one = a, $two = b in expression`, behind its first word; only the expression behind `in` has the variables. */
  #let(): Evaluate.Evaluate {
    const bindings: Array<readonly [string, Evaluate.Evaluate]> = []
    do {
      const token = this.#tokens.take()
      if (token.type !== "variable") throw this.#tokens.unexpected(token)
      this.#tokens.expect("=")
      bindings.push([token.name, this.#expression(0)])
    } while (this.#tokens.skips(","))
    const word = this.#tokens.take()
    if (word.type !== "name" || word.name !== "in") throw this.#tokens.unexpected(word)
    return Evaluate.bind(bindings, this.#expression(0))
  }
}
