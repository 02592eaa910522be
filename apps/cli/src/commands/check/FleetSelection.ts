import { type BackupResp, madeAt, type ResourceBackups } from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"

/** Which resources are checked. */
export interface FleetSelection {
  /** Names or ids that must have a backup. */
  readonly expected: ReadonlyArray<string>
  /** Names or ids that are not looked at; `*` stands for any text. */
  readonly ignored: ReadonlyArray<string>
  /** A resource whose newest backup is older is gone, unless it is expected. */
  readonly seenWithin: Duration.Duration | undefined
  readonly groupBy: "vault" | "type" | undefined
}

type Named = Partial<Pick<ResourceBackups, "key" | "resource_id" | "resource_name">>

/** Whether a resource is one of those that are named, in whole or by a pattern. */
export const matching = (patterns: ReadonlyArray<string>) => {
  // An unset variable leaves an empty pattern, which would match each resource that lacks a name or an id.
  const tests = patterns
    .filter((pattern) => pattern !== "")
    .map((pattern) => new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "s"))
  // The key of a backup that names no resource is its own id, by which a line calls it.
  return ({ key = "", resource_id = "", resource_name = "" }: Named): boolean =>
    tests.some((test) => test.test(resource_id) || test.test(resource_name) || test.test(key))
}

/** A text as a regular expression that it alone matches. */
const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

export const isGone = ({ newest }: ResourceBackups, { seenWithin }: FleetSelection, now: DateTime.Utc): boolean => {
  const made = madeAt(newest.backup)
  return (
    seenWithin !== undefined &&
    made !== undefined &&
    made / 1000 < now.epochMilliseconds - Duration.toMillis(seenWithin)
  )
}

export const groupOf = (backup: BackupResp | undefined, { groupBy }: FleetSelection): string | undefined => {
  if (groupBy === undefined) return undefined
  return (groupBy === "vault" ? backup?.vault_id : backup?.resource_type) ?? "-"
}
