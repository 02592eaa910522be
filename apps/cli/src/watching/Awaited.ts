import { type FailureDetail, parseCondition, WaitCondition } from "@cbr/client"
import type { ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Failure } from "../Failure.ts"
import * as JsonValues from "../output/JsonValue.ts"
import * as Query from "../Query.ts"

/** What is waited for, and the queries in it. */
export interface Awaited {
  readonly condition: WaitCondition.WaitCondition
  readonly queries: ReadonlyArray<OwnQuery>
}

interface OwnQuery {
  readonly expression: string
  readonly evaluate: (value: JsonValues.JsonValue) => JsonValues.JsonValue
}

/** Wrong use when what a query makes of an answer is no test. */
export const refuseNoTest = (queries: ReadonlyArray<OwnQuery>, { raw }: ShowBackupResponse) =>
  Effect.forEach(
    queries,
    ({ evaluate, expression }) => Query.refuseOther(expression, evaluate(JsonValues.parse(raw))),
    { discard: true }
  )

/** The condition that texts mean together; `query=…` is this command's own. */
export const conditionOf = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
  const isQuery = (text: string) => text.startsWith("query=")
  const queries = yield* Effect.forEach(texts.filter(isQuery), (text) => {
    const expression = text.slice("query=".length)
    return Effect.map(Query.evaluator(expression), (evaluate): OwnQuery => ({ expression, evaluate }))
  })
  const own = queries.map(({ evaluate, expression }) =>
    WaitCondition.satisfies(`query=${expression}`, ({ raw }) => evaluate(JsonValues.parse(raw)) === true)
  )
  const others = texts.filter((text) => !isQuery(text))
  const [first, ...more] = own
  if (first !== undefined && others.length === 0) {
    return { condition: more.length === 0 ? first : WaitCondition.all(first, ...more), queries } satisfies Awaited
  }
  const parsed = parseCondition(others)
  if (Result.isFailure(parsed)) {
    return yield* wrongCondition(texts.join(" "), parsed.failure.detail)
  }
  const condition = parsed.success
  if (first === undefined) return { condition, queries } satisfies Awaited
  return condition._tag === "Deleted"
    ? yield* wrongCondition(texts.join(" "), { code: "deleted-with-others" })
    : ({ condition: WaitCondition.all(condition, first, ...more), queries } satisfies Awaited)
})

const wrongCondition = (what: string, why: FailureDetail): Failure =>
  new Failure({
    kind: "InvalidRequest",
    tell: ({ detail, wait: words }) => ({
      title: words.condition,
      what,
      why: detail(why),
      next: [words.conditionNext]
    })
  })
