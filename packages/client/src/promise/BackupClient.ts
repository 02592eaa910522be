import type { ShowBackupResponse } from "@cbr/domain"
import type { BackupError } from "./BackupErrors.ts"
import type {
  LatestOptions,
  ListFilter,
  ListOptions,
  ManyOptions,
  RequestOptions,
  ResourceFilter,
  WaitOptions,
  WatchOptions
} from "./Options.ts"
import type { Plain } from "./PlainTypes.ts"

/**
 * The service's answer: `backup` with its times and numbers parsed, and `raw`, the text as it came.
 * @category Promises
 * @since 0.1.0
 */
export type BackupResponse = Plain<ShowBackupResponse>

/**
 * The outcome for one of many backups: an answer or an error.
 * @category Promises
 * @since 0.1.0
 */
export type BackupOutcome =
  | { readonly backupId: string; readonly response: BackupResponse; readonly error?: undefined }
  | { readonly backupId: string; readonly error: BackupError; readonly response?: undefined }

/**
 * A condition on a backup that exists; all conditions of a list must hold in one and the same answer.
 * @category Promises
 * @since 0.1.0
 */
export type Condition = ConditionText | ReadonlyArray<ConditionText> | ((response: BackupResponse) => boolean) | Query

/**
 * A condition that `query` of `@cbr/client/jmespath` made of an expression.
 * @category Promises
 * @since 0.2.0
 */
export interface Query {
  readonly _tag: "Satisfies"
  readonly description: string
}

/**
 * A condition as text; in `status=` several may stand, separated by commas.
 * @category Promises
 * @since 0.1.0
 */
export type ConditionText =
  | `status=${string}`
  | `replicated=${string}`
  | "children=available"
  | "exists"
  | "restorable"
  | "restorable=backup"
  | "restorable=snapshot"

/**
 * Fetches, watches and waits for backups. Its methods reject with a `BackupError`, or with the reason of an abort.
 * @category Promises
 * @since 0.1.0
 */
export interface BackupClient {
  /** One backup. */
  showBackup(backupId: string, options?: RequestOptions): Promise<BackupResponse>
  /** Resolves with the backup as it was last seen, once it is gone; `undefined` if it never was there. */
  waitUntil(backupId: string, condition: "deleted", options?: WaitOptions): Promise<BackupResponse | undefined>
  /** Resolves with the answer that met the condition; rejects as soon as it can no longer come true. */
  waitUntil(backupId: string, condition: Condition, options?: WaitOptions): Promise<BackupResponse>
  /** The backup as it is, and again whenever it differs, until it is deleted. */
  changes(backupId: string, options?: WatchOptions): AsyncIterable<BackupResponse>
  /** Many backups, some at a time, each as it arrives; one that fails is an outcome like any other. */
  showMany(backupIds: Iterable<string> | AsyncIterable<string>, options?: ManyOptions): AsyncIterable<BackupOutcome>
  /** Backups over all pages, the newest first; those of the whole project without a filter. */
  listBackups(filter?: ListFilter, options?: ListOptions): AsyncIterable<BackupResponse>
  /**
   * The newest backup of a server or disk, of whatever state. Rejects with `InvalidRequest` where several have its name,
   * and with `BackupNotFound` where no backup is of it.
   */
  latestBackup(resource: ResourceFilter, options?: LatestOptions): Promise<BackupResponse>
  /** Ends every call under way, which rejects with an `AbortError`, and releases the client's resources. */
  close(): Promise<void>
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}
