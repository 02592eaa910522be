import { BackupStatus } from "@cbr/domain"
import * as Result from "effect/Result"
import { isRegionId } from "../Region.ts"
import { InvalidRequest } from "../ShowBackupError.ts"
import * as WaitCondition from "./WaitCondition.ts"

/** The forms of a condition as text, which a command line takes and messages show. */
export const conditionForms = [
  "status=STATUS[,STATUS…]",
  "deleted",
  "replicated=REGION",
  "children=available",
  "restorable",
  "restorable=backup|snapshot"
] as const

/**
 * Reads a condition from its text; several texts must all hold at once.
 *
 * A status that the page does not document is refused, since a misspelt one
 * would be waited for in vain. Fails with `InvalidRequest`, which names what
 * would do.
 *
 * @example
 * ```ts
 * parse("status=available,error") // any of the two
 * parse(["status=available", "replicated=cn-south-1"]) // both
 * ```
 */
export const parse = (
  text: string | ReadonlyArray<string>
): Result.Result<WaitCondition.WaitCondition, InvalidRequest> => {
  if (typeof text === "string") return parseOne(text)
  if (!Array.isArray(text) || !text.every((each: unknown) => typeof each === "string")) {
    return refuse(`a condition is a text; there are ${conditionForms.join(", ")}`)
  }
  return Result.flatMap(
    Result.all(text.map(parseOne)),
    ([first, ...others]): Result.Result<WaitCondition.WaitCondition, InvalidRequest> => {
      if (first === undefined) return refuse(`no condition was given: ${conditionForms.join(", ")}`)
      if (others.length === 0) return Result.succeed(first)
      const standing = [first, ...others].filter(isStanding)
      const [one, ...more] = standing
      return one === undefined || standing.length <= others.length
        ? refuse("deleted cannot hold together with another condition")
        : Result.succeed(WaitCondition.all(one, ...more))
    }
  )
}

const parseOne = (text: string): Result.Result<WaitCondition.WaitCondition, InvalidRequest> => {
  const [name, ...values] = text.split("=")
  const value = values.length === 0 ? undefined : values.join("=")
  switch (name) {
    case "status":
      return parseStatuses(value)
    case "deleted":
      return value === undefined ? Result.succeed(WaitCondition.deleted) : unknown(text)
    case "replicated":
      return value !== undefined && isRegionId(value)
        ? Result.succeed(WaitCondition.replicated(value))
        : refuse("replicated needs a region id, as in replicated=cn-south-1")
    case "children":
      return value === "available" ? Result.succeed(WaitCondition.childrenAvailable) : unknown(text)
    case "restorable":
      if (value === undefined) return Result.succeed(WaitCondition.restorable())
      return value === "backup" || value === "snapshot"
        ? Result.succeed(WaitCondition.restorable(value))
        : refuse("restorable is followed by nothing, =backup or =snapshot")
    default:
      return unknown(text)
  }
}

const parseStatuses = (value: string | undefined): Result.Result<WaitCondition.StatusIs, InvalidRequest> => {
  const texts = (value ?? "").split(",")
  const [first, ...others] = texts.filter(BackupStatus.isDocumented)
  if (first !== undefined && others.length === texts.length - 1) {
    return Result.succeed(WaitCondition.status(first, ...others))
  }
  const unlisted = texts.find((text) => !BackupStatus.isDocumented(text))
  return refuse(`${JSON.stringify(unlisted)} is no status; there are ${BackupStatus.members.join(", ")}`)
}

const unknown = (text: string) =>
  refuse(`${JSON.stringify(text)} is no condition; there are ${conditionForms.join(", ")}`)

const refuse = (message: string): Result.Result<never, InvalidRequest> =>
  Result.fail(new InvalidRequest({ message, attempts: 0 }))

const isStanding = (condition: WaitCondition.WaitCondition): condition is WaitCondition.Standing =>
  condition._tag !== "Deleted"

/**
 * The text of a condition: what {@link parse} reads, or for a test of the
 * caller's own its description. The conditions of `all` are joined by ` and `.
 */
export const format = (condition: WaitCondition.WaitCondition): string => {
  switch (condition._tag) {
    case "StatusIs":
      return `status=${condition.statuses.join(",")}`
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
