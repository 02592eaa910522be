import type { ListBackupsRequest, ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import type * as Effect from "effect/Effect"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { Events } from "../events/EventSource.ts"
import type { CircuitState } from "../resilience/CircuitBreaker.ts"
import type { ListedPage } from "./ListPagingState.ts"

/**
 * A page of the list as text.
 * @category Calls
 * @since 0.2.0
 */
export interface ListBody {
  /** The body as it came. */
  readonly raw: string
  /** The service's id of the call. */
  readonly request_id: string | undefined
}

/**
 * The calls of a client.
 * @category Calls
 * @since 0.1.0
 */
export interface BackupCalls {
  readonly showBackup: (request: ShowBackupRequest) => Effect.Effect<ShowBackupResponse, ShowBackupError>
  /**
   * One page of the list, read as it comes: its body is never held as a whole. Fails as `showBackup` does, but never
   * with `BackupNotFound`. `listBackups` reads all pages.
   *
   * @source GET /v3/{project_id}/backups
   */
  readonly listBackupsPage: (request: ListBackupsRequest) => Effect.Effect<ListedPage, ShowBackupError>
  /**
   * The same page with its body as it came, for a program that passes it on: held as a whole, and not read.
   *
   * @source GET /v3/{project_id}/backups
   */
  readonly listBackupsBody: (request: ListBackupsRequest) => Effect.Effect<ListBody, ShowBackupError>
  readonly circuit: Effect.Effect<CircuitState>
  /**
   * The events of a backup, where the answer with that response offered them, as `cbr-proxy` does; `undefined`
   * elsewhere.
   *
   * @param lastEventId id of the newest event that the reader has; by default that of the response
   */
  readonly events?: (response: ShowBackupResponse, lastEventId?: string) => Events | undefined
  /**
   * The events of a project's backups, where the last answer for its list offered them, as `cbr-proxy` does; `undefined`
   * elsewhere.
   *
   * @param lastEventId id of the newest event that the reader has
   */
  readonly listEvents?: (project_id: string, lastEventId?: string) => Events | undefined
}
