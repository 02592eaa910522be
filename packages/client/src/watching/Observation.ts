import { type BackupResp, diff, phase, type ShowBackupResponse } from "@cbr/domain"
import type { BackupNotFound, ShowBackupError } from "../errors/ShowBackupError.ts"

/**
 * The backup was there.
 * @category Watching
 * @since 0.1.0
 */
export interface Seen {
  readonly _tag: "Seen"
  readonly response: ShowBackupResponse
  /** Whether it says anything else than at the look before; true at the first. */
  readonly differs: boolean
  /** Whether it was on its way to being deleted at an earlier look. */
  readonly wasLeaving: boolean
}

/**
 * The service answered that there is no such backup.
 * @category Watching
 * @since 0.1.0
 */
export interface Gone {
  readonly _tag: "Gone"
  readonly error: BackupNotFound
  /** The backup as it was last seen; `undefined` when it never was. */
  readonly response: ShowBackupResponse | undefined
}

/**
 * The look failed in a way that passes by itself: the network, a 429, a 5xx.
 * @category Watching
 * @since 0.1.0
 */
export interface Missed {
  readonly _tag: "Missed"
  readonly error: ShowBackupError
  /** Failed looks in a row, this one included. */
  readonly inARow: number
}

/**
 * A look at which the service told how the backup stands.
 * @category Watching
 * @since 0.1.0
 */
export type Sighting = Seen | Gone

/**
 * The outcome of one look at a backup.
 * @category Watching
 * @since 0.1.0
 */
export type Observation = Sighting | Missed

/** The options of a source of observations. */
export interface ObservationOptions {
  /** Whether it goes on after `Gone` for as long as the backup was never seen. */
  readonly untilExists?: boolean | undefined
}

/**
 * The observation of `response` after `before`.
 * @category Watching
 * @since 0.1.0
 */
export const seen = (response: ShowBackupResponse, before: Seen | undefined): Seen => ({
  _tag: "Seen",
  response,
  differs: before === undefined || differ(before.response, response),
  wasLeaving: before !== undefined && (before.wasLeaving || isLeaving(before.response.backup))
})

/** Whether the observation is an answer about the backup. */
export const isSighting = (observation: Observation): observation is Sighting => observation._tag !== "Missed"

// Bodies of one backup are mostly the same to the byte; only others are worth a comparison field by field.
const differ = (before: ShowBackupResponse, after: ShowBackupResponse): boolean =>
  before.raw !== after.raw && diff(before.backup, after.backup).length > 0

const isLeaving = (backup: BackupResp): boolean => phase(backup.status) === "leaving"
