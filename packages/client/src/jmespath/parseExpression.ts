import type { Miss } from "./Evaluate.ts"
import type { JsonValue } from "./JsonValue.ts"
import { Parser } from "./Parser.ts"
import { fault, QueryFault } from "./QueryFault.ts"

/**
 * An expression of JMESPath, ready to evaluate for any value; evaluation throws a `QueryFault`.
 * @category Queries
 * @since 0.2.0
 */
export interface Expression {
  readonly of: (value: JsonValue) => JsonValue
  /** Whether the expression uses the value: one that does not has the same result for all. */
  readonly looks: boolean
  /**
   * The fields that the expression asks of objects without a field of that name, in the order in which it asks; those
   * before the fault, if `of` throws one.
   */
  readonly misses: (value: JsonValue) => ReadonlyArray<Miss>
}

/**
 * Parses an expression: JMESPath with lexical scopes. Throws a `QueryFault` if the text is not an expression.
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
  const parser = new Parser(text)
  const whole = deep(() => parser.whole())
  const evaluate = (value: JsonValue, misses?: Array<Miss>) =>
    deep(() => whole(value, { variables: new Map(), misses }))
  return {
    of: (value) => evaluate(value),
    looks: parser.looks,
    misses: (value) => {
      const misses: Array<Miss> = []
      try {
        evaluate(value, misses)
      } catch (error) {
        if (!(error instanceof QueryFault)) throw error
      }
      return misses
    }
  }
}

/** Names the end of the stack as a fault: the nesting of an expression or a value is too deep. */
const deep = <A>(nested: () => A): A => {
  try {
    return nested()
  } catch (error) {
    throw error instanceof RangeError ? fault({ code: "too-deep" }) : error
  }
}
