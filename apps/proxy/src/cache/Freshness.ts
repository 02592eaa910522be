import { type BackupResp, BackupStatus, isAtRest, phase } from "@cbr/domain"
import type { CachePolicy } from "../policy/CachePolicy.ts"

/**
 * The ends of an answer's uses. All are milliseconds since
 * 1970, each not before the one above it; at the moment itself it is over.
 */
export interface Freshness {
  /** The answer is as good as a new one. */
  readonly freshUntil: number
  /** It may be served while a new one is fetched. */
  readonly revalidateUntil: number
  /** It may be served when no new one can be had. */
  readonly fallbackUntil: number
  /** It may be served to a caller that accepts a stale answer; after this it is not served. */
  readonly usableUntil: number
}

/**
 * The freshness of a backup. A backup at rest changes only when a user or a policy acts;
 * one that moves is out of date within seconds, and a wrong "restoring" hurts, so
 * it is never served stale unasked. Nothing outlives the backup's `expired_at`.
 *
 * @param at when the answer came, in milliseconds since 1970
 * @param chance 0 to 1: where in the range of the rules' jitter its time lies
 */
export const freshnessOf = (backup: BackupResp, at: number, chance: number, rules: CachePolicy): Freshness => {
  const end = backup.expired_at === undefined ? Infinity : backup.expired_at.epochMicroseconds / 1_000
  const until = (time: number) => Math.max(at, Math.min(time, end))
  const freshUntil = until(at + jittered(timeToLive(backup, rules), chance, rules))
  const usableUntil = until(freshUntil + rules.stale_if_error_seconds * 1_000)
  return isAtRest(backup)
    ? {
        freshUntil,
        revalidateUntil: Math.min(usableUntil, freshUntil + rules.stale_while_revalidate_seconds * 1_000),
        fallbackUntil: usableUntil,
        usableUntil
      }
    : { freshUntil, revalidateUntil: freshUntil, fallbackUntil: freshUntil, usableUntil }
}

/**
 * The freshness of a page of the list: that of the backup on it with the shortest one, and no longer
 * than the rules say of a list. It is never served stale.
 */
export const freshnessOfList = (
  backups: Iterable<BackupResp>,
  at: number,
  chance: number,
  rules: CachePolicy
): Freshness => {
  let seconds = rules.fresh_seconds.list
  let freshUntil = Infinity
  for (const backup of backups) {
    seconds = Math.min(seconds, timeToLive(backup, rules))
    const end = backup.expired_at === undefined ? Infinity : backup.expired_at.epochMicroseconds / 1_000
    // One that has expired, and is still there, is as good as any other.
    if (end > at) freshUntil = Math.min(freshUntil, end)
  }
  freshUntil = Math.min(freshUntil, at + jittered(seconds, chance, rules))
  return { freshUntil, revalidateUntil: freshUntil, fallbackUntil: freshUntil, usableUntil: freshUntil }
}

/** The freshness of the answer that there is no such backup. It is never served stale. */
export const freshnessOfAbsence = (wasLeaving: boolean, at: number, chance: number, rules: CachePolicy): Freshness => {
  const { not_found, not_found_after_deleting } = rules.fresh_seconds
  const freshUntil = at + jittered(wasLeaving ? not_found_after_deleting : not_found, chance, rules)
  return { freshUntil, revalidateUntil: freshUntil, fallbackUntil: freshUntil, usableUntil: freshUntil }
}

const timeToLive = (backup: BackupResp, { fresh_seconds }: CachePolicy): number => {
  const { status } = backup
  if (status === undefined || !BackupStatus.isDocumented(status)) return fresh_seconds.unknown
  if (phase(status) !== "stable") return fresh_seconds.moving
  if (!isAtRest(backup)) return fresh_seconds.part_moving
  return status === "available" ? fresh_seconds.available : fresh_seconds.error
}

/** Milliseconds. */
const jittered = (seconds: number, chance: number, { jitter_percent }: CachePolicy): number =>
  Math.round(seconds * 1_000 * (1 + (jitter_percent / 100) * (2 * chance - 1)))
