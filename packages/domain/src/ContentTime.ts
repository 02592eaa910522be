import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type { BackupResp } from "./BackupResp.ts"
import type { Timestamp } from "./Timestamp.ts"

/**
 * The moment whose content a backup holds, and the field that tells it.
 * @category Questions
 * @since 0.1.0
 */
export interface ContentTime {
  readonly field: "protected_at" | "created_at"
  readonly at: Timestamp
}

/**
 * The moment whose content a backup holds: `protected_at`, else `created_at`;
 * `undefined` when both are missing, and when the backup failed before there was any content. A backup that began a
 * minute ago and failed is not fresh.
 * @category Questions
 * @since 0.1.0
 */
export const contentTime = (backup: BackupResp): ContentTime | undefined => {
  const { created_at, protected_at } = backup
  if (protected_at !== undefined) return { field: "protected_at", at: protected_at }
  return created_at === undefined || isWithoutContent(backup) ? undefined : { field: "created_at", at: created_at }
}

/** Whether a backup failed and names no moment that it protects: there is nothing whose age could be told. */
export const isWithoutContent = ({ protected_at, status }: BackupResp): boolean =>
  status === "error" && protected_at === undefined

/** By how much the clocks of the service and of this machine may differ before a time is taken to lie in the future. */
const clockDifference = Duration.minutes(2)

/**
 * The age of a backup's content, to the millisecond. Clocks differ, so content of up to two minutes from now has the
 * age 0. The age is `undefined` for content from further in the future, and for a backup without content.
 *
 * @example
 * ```ts
 * age(backup, DateTime.makeUnsafe("2020-02-06T10:38:34Z")) // a Duration of a day
 * ```
 * @category Questions
 * @since 0.1.0
 */
export const age = (backup: BackupResp, now: DateTime.Utc): Duration.Duration | undefined => {
  const content = contentTime(backup)
  if (content === undefined) return undefined
  const old = DateTime.distance(content.at.utc, now)
  return Duration.isLessThan(old, Duration.negate(clockDifference)) ? undefined : Duration.max(old, Duration.zero)
}
