import type { JsonValue } from "./JsonValue.ts"
import { type Miss, Parser } from "./Parser.ts"
import { fault } from "./QueryFault.ts"

/**
 * An expression of JMESPath, ready to be asked of any value; it throws a `QueryFault`.
 * @category Queries
 * @since 0.2.0
 */
export interface Expression {
  readonly of: (value: JsonValue) => JsonValue
  /** Whether it looks at the value at all: one that does not is the same for all. */
  readonly looks: boolean
  /**
   * The fields that the expression asks of objects without a field of that name, in the order in which it asks; those
   * before the fault, if `of` throws one.
   */
  readonly misses: (value: JsonValue) => ReadonlyArray<Miss>
}

/**
 * Reads an expression: JMESPath with lexical scopes. Throws a `QueryFault`
 * where it is none.
 *
 * @example
 * ```ts
 * parseExpression("backup.children[?status=='error'].id").of(parseJson(raw))
 * ```
 * @category Queries
 * @since 0.2.0
 * @source https://jmespath.org/specification.html
 */
export const parseExpression = (text: string): Expression => {
  try {
    const parser = new Parser(text)
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
