import { type BackupResp, isAtRest, phase } from "@cbr/domain"

/**
 * Until when an answer may be used, and for what. All are milliseconds since
 * 1970, each not before the one above it; at the moment itself it is over.
 */
export interface Lifetime {
  /** The answer is as good as a new one. */
  readonly freshUntil: number
  /** It may be served while a new one is fetched. */
  readonly revalidateUntil: number
  /** It may be served when no new one can be had. */
  readonly fallbackUntil: number
  /** It may be served to a caller who asks for what is stale; after this it is served to nobody. */
  readonly usableUntil: number
}

/** How long answers are kept, in seconds. */
export const seconds = {
  available: 60,
  error: 30,
  /** The backup is at rest, but a child or a replication of it is not. */
  partMoving: 5,
  /** Under way, or in a state that nobody has documented. */
  moving: 2,
  absent: 5,
  /** No such backup, after it was seen on its way to that. */
  deleted: 60,
  staleWhileRevalidate: 30,
  staleIfError: 3_600
} as const

/**
 * How long a backup stays true. What is at rest changes only when someone acts;
 * what moves is out of date within seconds, and a wrong "restoring" hurts, so
 * it is never served stale unasked. Nothing outlives the backup's `expired_at`.
 *
 * @param at when the answer came, in milliseconds since 1970
 * @param jitter 0 to 1: a tenth less to a tenth more, so that what came together does not end together
 */
export const lifetimeOf = (backup: BackupResp, at: number, jitter: number): Lifetime => {
  const end = backup.expired_at === undefined ? Infinity : backup.expired_at.epochMicroseconds / 1_000
  const until = (time: number) => Math.max(at, Math.min(time, end))
  const freshUntil = until(at + jittered(timeToLive(backup), jitter))
  const usableUntil = until(freshUntil + seconds.staleIfError * 1_000)
  return isAtRest(backup)
    ? {
        freshUntil,
        revalidateUntil: until(freshUntil + seconds.staleWhileRevalidate * 1_000),
        fallbackUntil: usableUntil,
        usableUntil
      }
    : { freshUntil, revalidateUntil: freshUntil, fallbackUntil: freshUntil, usableUntil }
}

/** How long it is believed that there is no such backup; never longer. */
export const absenceOf = (wasLeaving: boolean, at: number, jitter: number): Lifetime => {
  const freshUntil = at + jittered(wasLeaving ? seconds.deleted : seconds.absent, jitter)
  return { freshUntil, revalidateUntil: freshUntil, fallbackUntil: freshUntil, usableUntil: freshUntil }
}

const timeToLive = (backup: BackupResp): number => {
  if (phase(backup.status) !== "stable") return seconds.moving
  if (!isAtRest(backup)) return seconds.partMoving
  return backup.status === "available" ? seconds.available : seconds.error
}

const jittered = (ttl: number, jitter: number): number => ttl * (900 + 200 * jitter)
