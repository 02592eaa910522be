import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type { BackupResp } from "./BackupResp.ts"
import type { Timestamp } from "./Timestamp.ts"

/** The moment whose content a backup holds, and the field that tells it. */
export interface ContentTime {
  readonly field: "protected_at" | "created_at"
  readonly at: Timestamp
}

/**
 * The moment whose content a backup holds: `protected_at`, else `created_at`;
 * `undefined` when both are missing, and when the backup failed before there
 * was any content: what was begun a minute ago and failed is not fresh.
 */
export const contentTime = (backup: BackupResp): ContentTime | undefined => {
  const { created_at, protected_at } = backup
  if (protected_at !== undefined) return { field: "protected_at", at: protected_at }
  return created_at === undefined || isWithoutContent(backup) ? undefined : { field: "created_at", at: created_at }
}

/** Whether a backup failed and names no moment that it protects: there is nothing whose age could be told. */
export const isWithoutContent = ({ protected_at, status }: BackupResp): boolean =>
  status === "error" && protected_at === undefined

/**
 * How old the content of a backup is, to the millisecond; negative when its
 * time lies in the future, `undefined` when it has none.
 *
 * @example
 * ```ts
 * age(backup, DateTime.makeUnsafe("2020-02-06T10:38:34Z")) // a Duration of a day
 * ```
 */
export const age = (backup: BackupResp, now: DateTime.Utc): Duration.Duration | undefined => {
  const content = contentTime(backup)
  return content === undefined ? undefined : DateTime.distance(content.at.utc, now)
}
