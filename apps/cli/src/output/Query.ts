import * as Effect from "effect/Effect"
import { Failure } from "../failures/Failure.ts"
import type { Expression } from "../jmespath/Expression.ts"
import type { Miss } from "../jmespath/Parser.ts"
import { QueryFault } from "../jmespath/QueryFault.ts"
import { type JsonValue, stringify } from "../text/JsonValue.ts"

/** A compiled expression of JMESPath. */
export type Query = (value: JsonValue) => Effect.Effect<JsonValue, Failure>

/**
 * Compiles an expression. An invalid expression is a usage error, and so is a
 * value that it cannot be applied to, such as `length(@)` of a number.
 */
export const compile = (expression: string): Effect.Effect<Query, Failure> =>
  Effect.map(
    parsed(expression),
    ({ of }) =>
      (value) =>
        attempt(expression, () => of(value))
  )

const parsed = Effect.fnUntraced(function* (expression: string): Effect.fn.Return<Expression, Failure> {
  const { parse } = yield* Effect.promise(() => import("../jmespath/Expression.ts"))
  return yield* attempt(expression, () => parse(expression))
})

const attempt = <A>(expression: string, evaluate: () => A): Effect.Effect<A, Failure> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(evaluate())
    } catch (error) {
      if (!(error instanceof QueryFault)) throw error
      return new Failure({
        kind: "InvalidRequest",
        render: ({ query }) => ({
          title: query.title,
          what: expression,
          why: query.faults(error.reason),
          next: [query.next]
        })
      })
    }
  })

/**
 * Compiles an expression as a test of answers: its value is `null` for an answer
 * that it cannot be applied to. An expression without a field, such as a text in
 * quotes, is a usage error, because its value never changes.
 */
export const compileTest = Effect.fnUntraced(function* (expression: string) {
  const { looks, misses, of } = yield* parsed(expression)
  if (!looks) {
    return yield* new Failure({
      kind: "InvalidRequest",
      render: ({ query }) => ({ title: query.title, what: expression, why: query.constant, next: [query.compare] })
    })
  }
  return {
    evaluate: (value: JsonValue): JsonValue => evaluateOr(() => of(value), null),
    misses: (value: JsonValue): ReadonlyArray<Miss> => evaluateOr(() => misses(value), [])
  }
})

const evaluateOr = <A>(evaluate: () => A, otherwise: A): A => {
  try {
    return evaluate()
  } catch {
    return otherwise
  }
}

/** Fails because the answer has no such field, so the value of the expression never changes. */
export const failOnMissing = (
  expression: string,
  name: string,
  path: string | undefined
): Effect.Effect<never, Failure> =>
  Effect.fail(
    new Failure({
      kind: "InvalidRequest",
      render: ({ meant, query }) => ({
        title: query.title,
        what: expression,
        why: query.missing(name),
        next: [path === undefined ? query.compare : meant(path)]
      })
    })
  )

/** Fails unless the value of an expression is true, false or null. */
export const failOnNonBoolean = (expression: string, value: JsonValue): Effect.Effect<void, Failure> =>
  value === null || typeof value === "boolean"
    ? Effect.void
    : Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          render: ({ query }) => ({
            title: query.title,
            what: expression,
            why: query.noTest(stringify(value, "line").slice(0, 60)),
            next: [query.compare]
          })
        })
      )
