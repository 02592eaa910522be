import type { BackupNotFound } from "@cbr/client"
import { isAtRest, ShowBackupResponse } from "@cbr/domain"
import * as Result from "effect/Result"
import type { Present } from "../cache/CacheEntry.ts"
import type { ShowFailed } from "../cache/Shown.ts"
import { isWorthComingBack } from "../problems/Problem.ts"
import { refusals } from "../problems/Refusal.ts"

/** The backup as the service told of it. */
export interface There {
  readonly _tag: "There"
  readonly entry: Present
  /** The service's body, as text. */
  readonly text: string
  /** Whether nothing of it changes until somebody acts. */
  readonly atRest: boolean
}

/** The service answered that there is no such backup. */
export interface Gone {
  readonly _tag: "Gone"
  readonly error: BackupNotFound
}

/** Looks that failed, one after the other, up to the newest. */
export interface Trouble {
  readonly error: ShowFailed
  /** How many there were since the last that did not fail. */
  readonly inARow: number
}

/** All that is known of a backup that is being watched. One takes the place of another: whoever reads late misses nothing. */
export interface Standing {
  /** What the last look saw that did not fail; `undefined` while none has. */
  readonly sighting: There | Gone | undefined
  /** How many sightings were unlike the one before. */
  readonly changes: number
  /** `undefined` when the newest look did not fail. */
  readonly trouble: Trouble | undefined
}

/** Before the first look. */
export const unseen: Standing = { sighting: undefined, changes: 0, trouble: undefined }

/** What is known after one more look; the very same when the look told nothing new. */
export const after = (before: Standing, outcome: Result.Result<Present, ShowFailed>): Standing => {
  if (Result.isSuccess(outcome)) return seen(before, outcome.success)
  const { failure } = outcome
  if (failure._tag !== "BackupNotFound") {
    return { ...before, trouble: { error: failure, inARow: (before.trouble?.inARow ?? 0) + 1 } }
  }
  return before.sighting?._tag === "Gone"
    ? untroubled(before)
    : { sighting: { _tag: "Gone", error: failure }, changes: before.changes + 1, trouble: undefined }
}

const seen = (before: Standing, entry: Present): Standing => {
  const { sighting } = before
  return sighting?._tag === "There" && sighting.entry.identity.etag === entry.identity.etag
    ? untroubled(before)
    : { sighting: there(entry), changes: before.changes + 1, trouble: undefined }
}

const untroubled = (before: Standing): Standing =>
  before.trouble === undefined ? before : { ...before, trouble: undefined }

const there = (entry: Present): There => {
  // A byte order mark is part of what came.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(entry.identity.body)
  const read = ShowBackupResponse.read(text)
  return { _tag: "There", entry, text, atRest: Result.isSuccess(read) && isAtRest(read.success.backup) }
}

/** Whether looking again can help. */
export const passes = (error: ShowFailed): boolean =>
  error._tag === "Refusal" ? refusals[error.reason].retryable : isWorthComingBack(error)
