import { documentedFields, omitUndefined, type ShowBackupResponse } from "@cbr/domain"
import * as Result from "effect/Result"
import { nearestName } from "../errors/nearestName.ts"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import type { Miss } from "../jmespath/Evaluate.ts"
import { type JsonValue, parse as parseJson, stringify } from "../jmespath/JsonValue.ts"
import { type Expression, parseExpression } from "../jmespath/parseExpression.ts"
import { QueryFault } from "../jmespath/QueryFault.ts"
import { satisfies, type Satisfies, type WaitCondition } from "./WaitCondition.ts"
import { parse } from "./WaitConditionText.ts"

/**
 * The value of an expression of JMESPath is `true`.
 * @category Watching
 * @since 0.2.0
 */
export interface QueryCondition extends Satisfies {
  readonly expression: string
  /** The expression's value for an answer's JSON; `null` where it cannot be asked of it. */
  readonly valueIn: (answer: JsonValue) => JsonValue
  /** The fields that the expression asks of objects in an answer's JSON which have none of that name. */
  readonly missesIn: (answer: JsonValue) => ReadonlyArray<Miss>
}

/** The most characters of a value in a message. */
const longestValue = 60

/**
 * A condition of an expression of JMESPath, which holds for an answer whose value is `true`; another value is waited out.
 * The client evaluates the expression on the answer's `raw`. Fails with `InvalidRequest` if the text is no expression, or
 * uses no field; its `detail.reason` has the reason and the place.
 *
 * @example
 * ```ts
 * const ready = yield* Effect.fromResult(queryCondition("backup.children[?status!='available'] | length(@) == `0`"))
 * yield* waitUntil(request, ready)
 * ```
 * @category Watching
 * @since 0.2.0
 */
export const queryCondition = (expression: string): Result.Result<QueryCondition, InvalidRequest> =>
  Result.map(read(expression), ({ misses, of }) => {
    const valueIn = (answer: JsonValue) =>
      Result.getOrElse(
        Result.try(() => of(answer)),
        () => null
      )
    const gives = ({ raw }: ShowBackupResponse) => {
      const answer = parseJson(raw)
      const value = stringify(valueIn(answer), "line").slice(0, longestValue)
      const missed = misses(answer).find(({ name }) => !documentedNames.includes(name))
      if (missed === undefined) return { value }
      const near = nearestName(missed.name, [...Object.keys(missed.object), ...documentedNames])
      return omitUndefined({ value, missing: missed.name, near })
    }
    const condition = satisfies(`query=${expression}`, ({ raw }) => valueIn(parseJson(raw)) === true, gives)
    return { ...condition, expression, valueIn, missesIn: misses }
  })

/**
 * A condition of an expression of JMESPath, for `waitUntil` of a client of `@cbr/client/promise`. Throws
 * `InvalidRequest` where {@link queryCondition} fails with it.
 *
 * @example
 * ```ts
 * await client.waitUntil(id, query("backup.status=='available' && backup.resource_size > `40`"))
 * ```
 * @category Queries
 * @since 0.2.0
 */
export const query = (expression: string): QueryCondition => Result.getOrThrow(queryCondition(expression))

/**
 * Reads a condition from its text; several texts must all hold at once.
 *
 * A status that the page does not document is refused, since a misspelt one
 * would be waited for in vain. Fails with `InvalidRequest`, which names what
 * would do.
 *
 * @example
 * ```ts
 * parseCondition("status=available,error") // any of the two
 * parseCondition(["status=available", "query=backup.resource_size > `40`"]) // both
 * ```
 * @category Watching
 * @since 0.1.0
 */
export const parseWithQueries = (text: string | ReadonlyArray<string>): Result.Result<WaitCondition, InvalidRequest> =>
  parse(text, queryCondition)

const documentedNames = [...new Set(documentedFields().flatMap(({ path }) => path.replaceAll("[]", "").split(".")))]

const read = (expression: string): Result.Result<Expression, InvalidRequest> => {
  try {
    const parsed = parseExpression(expression)
    return parsed.looks ? Result.succeed(parsed) : refuse(expression, new QueryFault({ reason: { code: "constant" } }))
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error
    return refuse(expression, error)
  }
}

const refuse = (query: string, { message, reason }: QueryFault): Result.Result<never, InvalidRequest> =>
  Result.fail(new InvalidRequest({ detail: { code: "not-a-query", query, reason, why: message }, attempts: 0 }))
