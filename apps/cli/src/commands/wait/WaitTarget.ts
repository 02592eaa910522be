import { type FailureDetail, nearest, parseCondition, WaitCondition } from "@cbr/client"
import { BackupStatus, documentedFields, type ShowBackupResponse, omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Failure } from "../../failures/Failure.ts"
import type { Miss } from "../../jmespath/Parser.ts"
import * as Query from "../../output/Query.ts"
import * as JsonValues from "../../text/JsonValue.ts"
import { texts } from "./texts.ts"

/** A condition, and the queries in it. */
export interface WaitTarget {
  readonly condition: WaitCondition.WaitCondition
  readonly queries: ReadonlyArray<WaitQuery>
}

interface WaitQuery extends Effect.Success<ReturnType<typeof Query.compileTest>> {
  readonly expression: string
}

/** Fails if a query gives neither true nor false, or names a field that no answer has. */
export const failOnNonBoolean = (queries: ReadonlyArray<WaitQuery>, { raw }: ShowBackupResponse) =>
  Effect.forEach(
    queries,
    ({ evaluate, expression, misses }) => {
      const answer = JsonValues.parse(raw)
      const found = evaluate(answer)
      const missed = found === true ? undefined : misses(answer).find(({ object }) => object === answer)
      return missed === undefined
        ? Query.failOnNonBoolean(expression, found)
        : Query.failOnMissing(expression, missed.name, suggestPath(missed))
    },
    { discard: true }
  )

const documentedNames = [...new Set(documentedFields().flatMap(({ path }) => path.replaceAll("[]", "").split(".")))]

/** The path that a misspelt name may mean. */
const suggestPath = ({ name, object }: Miss): string | undefined => {
  const near = nearest(name, [...Object.keys(object), ...documentedNames])
  return near === undefined || Object.hasOwn(object, near) ? near : `backup.${near}`
}

/** The value of a query, and the missing field that the API's page does not list. */
const testQuery = ({ evaluate, misses }: WaitQuery, { raw }: ShowBackupResponse): TestResult => {
  const answer = JsonValues.parse(raw)
  const value = JsonValues.stringify(evaluate(answer), "line").slice(0, 60)
  const missed = misses(answer).find(({ name }) => !documentedNames.includes(name))
  if (missed === undefined) return { value }
  const near = nearest(missed.name, [...Object.keys(missed.object), ...documentedNames])
  return omitUndefined({ value, missing: missed.name, near })
}

type TestResult = ReturnType<NonNullable<WaitCondition.Satisfies["gives"]>>

/** Parses the conditions of `--for`; `query=…` is this command's own. */
export const parseWaitTarget = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
  const isQuery = (text: string) => text.startsWith("query=")
  const queries = yield* Effect.forEach(texts.filter(isQuery), (text) => {
    const expression = text.slice("query=".length)
    return Effect.map(Query.compileTest(expression), (query): WaitQuery => ({ expression, ...query }))
  })
  const own = queries.map((query) =>
    WaitCondition.satisfies(
      `query=${query.expression}`,
      ({ raw }) => query.evaluate(JsonValues.parse(raw)) === true,
      (response) => testQuery(query, response)
    )
  )
  const others = texts.filter((text) => !isQuery(text))
  const [first, ...more] = own
  if (first !== undefined && others.length === 0) {
    return { condition: more.length === 0 ? first : WaitCondition.all(first, ...more), queries } satisfies WaitTarget
  }
  const parsed = parseCondition(others)
  if (Result.isFailure(parsed)) {
    return yield* invalidCondition(texts.join(" "), parsed.failure.detail)
  }
  const condition = parsed.success
  if (first === undefined) return { condition, queries } satisfies WaitTarget
  return condition._tag === "Deleted"
    ? yield* invalidCondition(texts.join(" "), { code: "deleted-with-others" })
    : ({ condition: WaitCondition.all(condition, first, ...more), queries } satisfies WaitTarget)
})

/** The condition that an invalid text may mean: a status alone means `status=`. */
const nearTo = ({ condition, near }: { readonly condition: string; readonly near?: string }): string | undefined => {
  if (BackupStatus.isDocumented(condition)) return `status=${condition}`
  const status = nearest(condition, BackupStatus.members)
  return near ?? (status === undefined ? undefined : `status=${status}`)
}

const invalidCondition = (what: string, why: FailureDetail): Failure =>
  new Failure({
    kind: "InvalidRequest",
    render: ({ detail, pick }) => ({
      title: pick(texts).condition,
      what,
      // The advice lists the conditions once, `query` among them.
      why: why.code === "not-a-condition" ? pick(texts).notACondition(why.condition, nearTo(why)) : detail(why),
      next: [pick(texts).conditionNext]
    })
  })
