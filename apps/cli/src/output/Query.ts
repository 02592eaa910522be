import { type JsonValue, parseExpression, QueryFault, type QueryFaultReason, stringifyJson } from "@cbr/client/jmespath"
import * as Effect from "effect/Effect"
import { Failure } from "../failures/Failure.ts"

/** A compiled expression of JMESPath. */
export type Query = (value: JsonValue) => Effect.Effect<JsonValue, Failure>

/**
 * Compiles an expression. An invalid expression is a usage error, and so is a
 * value that it cannot be applied to, such as `length(@)` of a number.
 */
export const compile = (expression: string): Effect.Effect<Query, Failure> =>
  Effect.map(
    attempt(expression, () => parseExpression(expression)),
    ({ of }) =>
      (value) =>
        attempt(expression, () => of(value))
  )

const attempt = <A>(expression: string, evaluate: () => A): Effect.Effect<A, Failure> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(evaluate())
    } catch (error) {
      if (!(error instanceof QueryFault)) throw error
      return invalidQuery(expression, error.reason)
    }
  })

/** The failure of an invalid expression, or of one that cannot be a condition. */
export const invalidQuery = (expression: string, reason: QueryFaultReason): Failure =>
  Failure.of("InvalidRequest", expression, ({ query }) => [
    query.title,
    query.faults(reason),
    reason.code === "constant" ? query.compare : query.next
  ])

/** Fails because the answer has no such field, so the value of the expression never changes. */
export const failOnMissing = (
  expression: string,
  name: string,
  path: string | undefined
): Effect.Effect<never, Failure> =>
  Effect.fail(
    Failure.of("InvalidRequest", expression, ({ meant, query }) => [
      query.title,
      query.missing(name),
      path === undefined ? query.compare : meant(path)
    ])
  )

/** Fails unless the value of an expression is true, false or null. */
export const failOnNonBoolean = (expression: string, value: JsonValue): Effect.Effect<void, Failure> =>
  value === null || typeof value === "boolean"
    ? Effect.void
    : Effect.fail(
        Failure.of("InvalidRequest", expression, ({ query }) => [
          query.title,
          query.noTest(stringifyJson(value, "line").slice(0, 60)),
          query.compare
        ])
      )
