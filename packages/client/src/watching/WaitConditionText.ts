import { BackupStatus, omitUndefined } from "@cbr/domain"
import * as Result from "effect/Result"
import { isRegionId } from "../endpoint/Regions.ts"
import { conditionForms } from "../errors/ConditionSyntax.ts"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import { nearestName } from "../errors/nearestName.ts"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import * as WaitCondition from "./WaitCondition.ts"

/**
 * Reads a condition from its text; several texts must all hold at once. Fails with `InvalidRequest`.
 *
 * @param queryCondition reader of the expression of `query=`; without a reader, a query is refused
 */
export const parse = (
  text: string | ReadonlyArray<string>,
  queryCondition: QueryReader = noQuery
): Result.Result<WaitCondition.WaitCondition, InvalidRequest> => {
  if (typeof text === "string") return parseOne(text, queryCondition)
  if (!Array.isArray(text) || !text.every((each: unknown) => typeof each === "string")) {
    return refuse({ code: "condition-not-text" })
  }
  return Result.flatMap(
    Result.all(text.map((each) => parseOne(each, queryCondition))),
    ([first, ...others]): Result.Result<WaitCondition.WaitCondition, InvalidRequest> => {
      if (first === undefined) return refuse({ code: "no-condition" })
      if (others.length === 0) return Result.succeed(first)
      const standing = [first, ...others].filter(isPresentCondition)
      const [one, ...more] = standing
      return one === undefined || standing.length <= others.length
        ? refuse({ code: "deleted-with-others" })
        : Result.succeed(WaitCondition.all(one, ...more))
    }
  )
}

/** Makes a condition of an expression of JMESPath. */
export type QueryReader = (expression: string) => Result.Result<WaitCondition.PresentCondition, InvalidRequest>

/** A bundle for browsers has no reader of expressions. */
const noQuery: QueryReader = () => refuse({ code: "query-not-read" })

/** The conditions that have one text each. */
const named: ReadonlyMap<string, WaitCondition.WaitCondition> = new Map<string, WaitCondition.WaitCondition>([
  ["exists", WaitCondition.exists],
  ["deleted", WaitCondition.deleted],
  ["children=available", WaitCondition.childrenAvailable],
  ["restorable", WaitCondition.restorable()],
  ["restorable=backup", WaitCondition.restorable("backup")],
  ["restorable=snapshot", WaitCondition.restorable("snapshot")]
])

const parseOne = (
  text: string,
  queryCondition: QueryReader
): Result.Result<WaitCondition.WaitCondition, InvalidRequest> => {
  const known = named.get(text)
  if (known !== undefined) return Result.succeed(known)
  const [name, ...values] = text.split("=")
  const value = values.join("=")
  switch (name) {
    case "status":
      return parseStatuses(value)
    case "replicated":
      return isRegionId(value)
        ? Result.succeed(WaitCondition.replicated(value))
        : refuse({ code: "replicated-needs-region" })
    case "restorable":
      return refuse({ code: "restorable-mode-unknown", ...near(value, ["backup", "snapshot"]) })
    case "query":
      return values.length === 0 ? unknown(text) : queryCondition(value)
    default:
      return unknown(text)
  }
}

const parseStatuses = (value: string): Result.Result<WaitCondition.StatusIs, InvalidRequest> => {
  const texts = value.split(",")
  const [first, ...others] = texts.filter(BackupStatus.isDocumented)
  if (first !== undefined && others.length === texts.length - 1) {
    return Result.succeed(WaitCondition.status(first, ...others))
  }
  const unlisted = texts.find((text) => !BackupStatus.isDocumented(text))
  return refuse({ code: "not-a-status", status: unlisted ?? "", ...near(unlisted ?? "", BackupStatus.members) })
}

const unknown = (condition: string) =>
  refuse({ code: "not-a-condition", condition, ...near(condition.replace(/=.*/s, ""), names) })

/** The words that conditions begin with. */
const names = [...new Set(conditionForms.map((form) => form.replace(/=.*/s, "")))]

const near = (word: string, known: ReadonlyArray<string>): { readonly near?: string } =>
  omitUndefined({ near: nearestName(word, known) })

const refuse = (detail: FailureDetail): Result.Result<never, InvalidRequest> =>
  Result.fail(new InvalidRequest({ detail, attempts: 0 }))

const isPresentCondition = (condition: WaitCondition.WaitCondition): condition is WaitCondition.PresentCondition =>
  condition._tag !== "Deleted"

/**
 * The text of a condition, as {@link parse} reads it, or the description of a test of the
 * caller's own. The conditions of `all` are joined by ` and `.
 * @category Watching
 * @since 0.1.0
 */
export const format = (condition: WaitCondition.WaitCondition): string => {
  switch (condition._tag) {
    case "StatusIs":
      return `status=${condition.statuses.join(",")}`
    case "Exists":
      return "exists"
    case "Deleted":
      return "deleted"
    case "Replicated":
      return `replicated=${condition.region}`
    case "ChildrenAvailable":
      return "children=available"
    case "Restorable":
      return condition.mode === "any" ? "restorable" : `restorable=${condition.mode}`
    case "Satisfies":
      return condition.description
    case "All":
      return condition.conditions.map(format).join(" and ")
  }
}
