import type { BackupNotFound } from "@cbr/client"
import { isAtRest, ShowBackupResponse } from "@cbr/domain"
import * as Result from "effect/Result"
import type { Present } from "../cache/CacheEntry.ts"
import type { FetchError } from "../cache/CacheResult.ts"
import { isWorthComingBack } from "../problems/Problem.ts"
import { proxyErrors } from "../problems/ProxyError.ts"

/** The service's answer for a backup. */
export interface Seen {
  readonly _tag: "Seen"
  readonly entry: Present
  /** The service's body, as text. */
  readonly text: string
  /** Whether it is at rest: nothing changes until a user or a policy acts. */
  readonly atRest: boolean
}

/** The service answered that there is no such backup. */
export interface Gone {
  readonly _tag: "Gone"
  readonly error: BackupNotFound
}

/** Looks that failed, one after the other, up to the newest. */
export interface WatchFailure {
  readonly error: FetchError
  /** Number of failures since the last look that succeeded. */
  readonly inARow: number
}

/** All that is known of a watched backup. It is replaced as a whole, so a slow reader always sees the latest state. */
export interface WatchState {
  /** The result of the last look that did not fail; `undefined` before the first. */
  readonly observation: Seen | Gone | undefined
  /** Number of observations that differ from the one before. */
  readonly changes: number
  /** `undefined` when the newest look did not fail. */
  readonly failure: WatchFailure | undefined
}

/** Before the first look. */
export const initialWatchState: WatchState = { observation: undefined, changes: 0, failure: undefined }

/** The state after one more look; the same object if the look told nothing new. */
export const nextWatchState = (before: WatchState, outcome: Result.Result<Present, FetchError>): WatchState => {
  if (Result.isSuccess(outcome)) return seen(before, outcome.success)
  const { failure } = outcome
  if (failure._tag !== "BackupNotFound") {
    return { ...before, failure: { error: failure, inARow: (before.failure?.inARow ?? 0) + 1 } }
  }
  return before.observation?._tag === "Gone"
    ? withoutFailure(before)
    : { observation: { _tag: "Gone", error: failure }, changes: before.changes + 1, failure: undefined }
}

const seen = (before: WatchState, entry: Present): WatchState => {
  const { observation } = before
  return observation?._tag === "Seen" && observation.entry.identity.etag === entry.identity.etag
    ? withoutFailure(before)
    : { observation: there(entry), changes: before.changes + 1, failure: undefined }
}

const withoutFailure = (before: WatchState): WatchState =>
  before.failure === undefined ? before : { ...before, failure: undefined }

const there = (entry: Present): Seen => {
  // A byte order mark is part of the answer.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(entry.identity.body)
  const read = ShowBackupResponse.read(text)
  return { _tag: "Seen", entry, text, atRest: Result.isSuccess(read) && isAtRest(read.success.backup) }
}

/** Whether looking again can help. */
export const isTransient = (error: FetchError): boolean =>
  error._tag === "ProxyError" ? proxyErrors[error.reason].retryable : isWorthComingBack(error)
