import type { BackupNotFound } from "@cbr/client"
import type { ShowBackupResponse } from "@cbr/domain"
import type * as Result from "effect/Result"
import type { ListAnswer } from "../upstream/ListAnswer.ts"

/** A backup, or a page of the list. */
export type CloudResponse = ShowBackupResponse | ListAnswer

/** An answer of the cloud; that there is no such backup is one too. */
export interface CloudAnswer {
  readonly answer: Result.Result<CloudResponse, BackupNotFound>
  /** Whether the backup was on its way to being gone when last seen before; counts where there is none. */
  readonly wasLeaving: boolean
}
