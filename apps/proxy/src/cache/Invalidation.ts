import { type BackupState, contradicts, madeAt } from "./BackupState.ts"
import type { CacheEntry } from "./CacheEntry.ts"
import { isListKey, placeOf, subjectOf } from "./CacheKey.ts"
import type { CacheStore } from "./CacheStore.ts"

/** The states of backups that an answer tells. */
export interface Statement {
  /** By id: the state, or that there is no such backup. */
  readonly said: ReadonlyMap<string, BackupState | "gone">
  /** Whether it is a page of the list, which also tells that the backups that it lacks are gone. */
  readonly isList: boolean
  /** When the service gave it, in milliseconds since 1970. */
  readonly at: number
  /** When the youngest of its backups was made, in milliseconds since 1970 by the service's clock. */
  readonly youngest: number
}

/** Milliseconds that the service's clock and list may be behind: the list may lack a backup that was just made. */
const lag = 5 * 60_000

/** The statement of an entry. */
export const statementOf = (key: string, entry: CacheEntry): Statement =>
  statement(key, entry.at, entry._tag === "Absent" ? "gone" : (entry.states ?? entry.state ?? []))

/** That there is no such backup. */
export const goneAt = (key: string, at: number): Statement => statement(key, at, "gone")

const statement = (
  key: string,
  at: number,
  states: ReadonlyMap<string, BackupState> | BackupState | "gone"
): Statement => {
  const said: Statement["said"] = states instanceof Map ? states : new Map([[subjectOf(key), states as BackupState]])
  let youngest = Number.NEGATIVE_INFINITY
  for (const state of said.values()) if (state !== "gone") youngest = Math.max(youngest, madeAt(state) ?? youngest)
  return { said, isList: isListKey(key), at, youngest }
}

/**
 * Whether an answer tells an older state than a newer answer: another state of a backup, or a list without a backup that
 * was made about then.
 */
export const isOutdated = (older: Statement, newer: Statement): boolean =>
  differ(older, newer) || (older.isList && lacks(older, newer))

const differ = ({ said: one }: Statement, { said: other }: Statement): boolean => {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one]
  for (const [id, state] of fewer) {
    const otherwise = more.get(id)
    if (otherwise === undefined) continue
    if (state === "gone" || otherwise === "gone" ? state !== otherwise : contradicts(state, otherwise)) return true
  }
  return false
}

const lacks = ({ at, said }: Statement, newer: Statement): boolean => {
  if (newer.youngest < at - lag) return false
  for (const [id, state] of newer.said) {
    if (state !== "gone" && (madeAt(state) ?? 0) >= at - lag && !said.has(id)) return true
  }
  return false
}

/**
 * The keys of cached answers that a new answer outdates. A caller that was given the newer state must
 * not be given the older one after it.
 */
export const outdatedBy = (
  key: string,
  newer: Statement,
  store: Pick<CacheStore, "peek" | "lists">
): ReadonlyArray<string> => {
  const place = placeOf(key)
  const keys: Array<string> = []
  const look = (other: string, entry: CacheEntry | undefined) => {
    if (entry !== undefined && other !== key && isOutdated(statementOf(other, entry), newer)) keys.push(other)
  }
  // The answer about one backup has that backup's own key.
  if (isListKey(key)) for (const id of newer.said.keys()) look(`${place}${id}`, store.peek(`${place}${id}`))
  for (const [other, list] of store.lists()) if (other.startsWith(place)) look(other, list)
  return keys
}
