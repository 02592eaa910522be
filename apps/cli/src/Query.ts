import * as Effect from "effect/Effect"
import { Failure } from "./Failure.ts"
import { type JsonValue, stringify } from "./output/JsonValue.ts"

/** An expression of JMESPath, ready to be asked of any value. */
export type Query = (value: JsonValue) => Effect.Effect<JsonValue, Failure>

/**
 * Compiles an expression. Wrong use when it is none; a value that it cannot be
 * asked of, such as `length(@)` of a number, is wrong use too.
 */
export const compile = Effect.fnUntraced(function* (expression: string): Effect.fn.Return<Query, Failure> {
  const { TreeInterpreter, compile } = yield* library
  const attempt = <A>(evaluate: () => A) =>
    Effect.try({
      try: evaluate,
      catch: (error) =>
        new Failure({
          kind: "InvalidRequest",
          tell: ({ query }) => ({
            title: query.title,
            what: expression,
            why: query.refused(error instanceof Error ? error.message : String(error)),
            next: [query.next]
          })
        })
    })
  const tree = yield* attempt(() => compile(expression))
  // The library's own type of JSON has no integers beyond 2^53; it passes them on unharmed.
  return (value) => attempt(() => TreeInterpreter.search(tree, value as never) as JsonValue)
})

const library = Effect.promise(() => import("@jmespath-community/jmespath"))

/**
 * The expression as a test of answers: `null` for one that it cannot be asked
 * of. Wrong use where it looks at no field, as a text in quotes does not: it
 * would be waited for in vain.
 */
export const evaluator = Effect.fnUntraced(function* (expression: string) {
  yield* compile(expression)
  const { compile: parse, search } = yield* library
  if (!/"type":"(?:Field|Current|Root)"/.test(JSON.stringify(parse(expression)))) {
    return yield* new Failure({
      kind: "InvalidRequest",
      tell: ({ query }) => ({ title: query.title, what: expression, why: query.constant, next: [query.compare] })
    })
  }
  return (value: JsonValue): JsonValue => {
    try {
      return search(value as never, expression)
    } catch {
      return null
    }
  }
})

/** Wrong use when what an expression makes of an answer is neither true, false nor nothing yet. */
export const refuseOther = (expression: string, value: JsonValue): Effect.Effect<void, Failure> =>
  value === null || typeof value === "boolean"
    ? Effect.void
    : Effect.fail(
        new Failure({
          kind: "InvalidRequest",
          tell: ({ query }) => ({
            title: query.title,
            what: expression,
            why: query.noTest(stringify(value, "line").slice(0, 60)),
            next: [query.compare]
          })
        })
      )
