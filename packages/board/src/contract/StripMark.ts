import { type BackupResp, contentTime, health, type HealthLevel, latestReplications, wholeness } from "@cbr/domain"
import type * as DateTime from "effect/DateTime"
import type { MarkState, Strip } from "./FleetDigest.ts"

/** One backup in a strip. */
export interface StripMark {
  readonly id: string
  readonly state: MarkState
  /** Whether it has copies in other regions, and all of them succeeded. */
  readonly replicated: boolean
  /** The moment of its content, else of its creation, in seconds since 1970; 0 where it names neither. */
  readonly at: number
}

/** The mark of a backup. */
export const markOf = (backup: BackupResp, now: DateTime.Utc): StripMark => {
  const at = contentTime(backup)?.at ?? backup.created_at
  const copies = latestReplications(backup)
  return {
    id: backup.id ?? "",
    state: stateOf(backup, now),
    replicated: copies.length > 0 && copies.every(({ status }) => status === "success"),
    at: at === undefined ? 0 : Math.floor(at.epochMilliseconds / 1000)
  }
}

const stateOf = (backup: BackupResp, now: DateTime.Utc): MarkState => {
  switch (wholeness(backup)) {
    case "whole":
      return ofLevel[health(backup, now).level]
    case "under-way":
      return "u"
    case "unknown":
      return "q"
    case "failed":
      return "f"
    case "leaving":
      return "l"
  }
}

/** A whole backup by its health, which fails by expiry alone. */
const ofLevel: Readonly<Record<HealthLevel, MarkState>> = {
  healthy: "w",
  "in-progress": "b",
  degraded: "d",
  unknown: "n",
  failed: "x"
}

const whole: ReadonlySet<MarkState> = new Set(["w", "b", "d", "n", "x"])

/** Whether a backup of this state holds all of its resource, whatever became of its copies. */
export const isWhole = ({ state }: StripMark): boolean => whole.has(state)

/** One mark of a strip by its place, from the newest; `undefined` where there is none. */
export const markAt = ({ at, ids, replicated, states }: Strip, index: number): StripMark | undefined => {
  const id = ids[index]
  return id === undefined
    ? undefined
    : { id, state: (states[index] ?? "q") as MarkState, replicated: replicated[index] === "1", at: at[index] ?? 0 }
}

/** The marks of a strip, newest first. */
export const marksOf = (strip: Strip): ReadonlyArray<StripMark> =>
  strip.ids.flatMap((_, index) => markAt(strip, index) ?? [])

/** The place of the first whole backup from a place on; -1 where there is none. */
export const wholeFrom = ({ states }: Strip, from: number): number => {
  for (let index = from; index < states.length; index++) if (whole.has(states[index] as MarkState)) return index
  return -1
}

/** The strip of marks that come newest first. */
export const stripOf = (marks: ReadonlyArray<StripMark>): Strip => ({
  states: marks.map(({ state }) => state).join(""),
  replicated: marks.map(({ replicated }) => (replicated ? "1" : "0")).join(""),
  at: marks.map(({ at }) => at),
  ids: marks.map(({ id }) => id)
})

/** The strip with a backup's mark as it is now, in the place of the one that it had. */
export const withMark = (strip: Strip, mark: StripMark): Strip =>
  stripOf(
    [...marksOf(strip).filter(({ id }) => id !== mark.id), mark].sort(
      (one, other) => other.at - one.at || (one.id < other.id ? 1 : -1)
    )
  )

/** The strip without a backup that is gone. */
export const withoutMark = (strip: Strip, id: string): Strip => stripOf(marksOf(strip).filter((mark) => mark.id !== id))
