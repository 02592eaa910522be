import { type FailureDetail, nearestName, parseCondition, type QueryCondition, type WaitCondition } from "@cbr/client"
import { type Miss, parseJson } from "@cbr/client/jmespath"
import { BackupStatus, documentedFields, type ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Failure } from "../../failures/Failure.ts"
import * as Query from "../../output/Query.ts"
import { texts } from "./texts.ts"

/** A condition, and the queries in it. */
export interface WaitConditionInput {
  readonly condition: WaitCondition.WaitCondition
  readonly queries: ReadonlyArray<QueryCondition>
}

/** Fails if a query gives neither true nor false, or names a field that no answer has. */
export const failOnNonBoolean = (queries: ReadonlyArray<QueryCondition>, { raw }: ShowBackupResponse) =>
  Effect.forEach(
    queries,
    ({ expression, missesIn, valueIn }) => {
      const answer = parseJson(raw)
      const found = valueIn(answer)
      const missed = found === true ? undefined : missesIn(answer).find(({ object }) => object === answer)
      return missed === undefined
        ? Query.failOnNonBoolean(expression, found)
        : Query.failOnMissing(expression, missed.name, suggestPath(missed))
    },
    { discard: true }
  )

const documentedNames = [...new Set(documentedFields().flatMap(({ path }) => path.replaceAll("[]", "").split(".")))]

/** The path that a misspelt name may mean. */
const suggestPath = ({ name, object }: Miss): string | undefined => {
  const near = nearestName(name, [...Object.keys(object), ...documentedNames])
  return near === undefined || Object.hasOwn(object, near) ? near : `backup.${near}`
}

/** Parses the conditions of `--for`. */
export const parseWaitConditions = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
  const parsed = parseCondition(texts)
  if (Result.isFailure(parsed)) {
    const { detail } = parsed.failure
    return yield* detail.code === "not-a-query"
      ? Query.invalidQuery(detail.query, detail.reason)
      : invalidCondition(texts.join(" "), detail)
  }
  const condition = parsed.success
  const conditions = condition._tag === "All" ? condition.conditions : [condition]
  return { condition, queries: conditions.filter(isQuery) } satisfies WaitConditionInput
})

const isQuery = (condition: WaitCondition.WaitCondition): condition is QueryCondition => "expression" in condition

/** The condition that an invalid text may mean: a status alone means `status=`. */
const nearTo = ({ condition, near }: { readonly condition: string; readonly near?: string }): string | undefined => {
  if (BackupStatus.isDocumented(condition)) return `status=${condition}`
  const status = nearestName(condition, BackupStatus.members)
  return near ?? (status === undefined ? undefined : `status=${status}`)
}

const invalidCondition = (what: string, why: FailureDetail): Failure =>
  Failure.of("InvalidRequest", what, ({ detail, pick }) => [
    pick(texts).condition,
    // The advice lists the conditions once, `query` among them.
    why.code === "not-a-condition" ? pick(texts).notACondition(why.condition, nearTo(why)) : detail(why),
    pick(texts).conditionNext
  ])
