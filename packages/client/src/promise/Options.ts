import type { ListBackupsFilter } from "../calls/ListBackups.ts"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import type { Observation } from "../watching/Observation.ts"
import type { Plain } from "./PlainTypes.ts"

/**
 * The options of a client: endpoint, credential and limits.
 * @category Promises
 * @since 0.1.0
 */
export type BackupClientOptions = CallOptions & Place & SignIn

/**
 * The limits of a client's calls.
 * @category Promises
 * @since 0.2.0
 */
export interface CallLimits {
  /** Longest time for one call with its retries, in milliseconds; 30,000 by default. */
  readonly callTimeout?: number | undefined
  /** Attempts after the first; 3 by default. Only failures that a retry can help are retried. */
  readonly retries?: number | undefined
}

interface CallOptions extends CallLimits {
  /** Project of the backups, unless a call names another. */
  readonly projectId?: string | undefined
  /** The `fetch` to call with; the platform's own by default. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * A region, the address of CBR or of a proxy before it, or both; the address is called. Each option is declared once:
 * an editor shows no comment of an option that several members of a union declare.
 */
type Place =
  | (InRegion & { readonly endpoint?: undefined })
  | (AtEndpoint & (InRegion | { readonly region?: undefined }))

interface InRegion {
  /** The region whose CBR is called, such as `cn-north-4`. */
  readonly region: string
}

interface AtEndpoint {
  /** Origin of CBR, or of a `cbr-proxy` before it, in place of the region's own: `https://cbr.example:8443`. */
  readonly endpoint: string
}

/** An access key, or a token of IAM or key of a proxy. */
type SignIn =
  | {
      /** Id of the access key. */
      readonly ak: string
      /** Secret of the access key; it signs, and is never sent. */
      readonly sk: string
      /** The security token of a temporary access key. */
      readonly securityToken?: string | undefined
      readonly token?: undefined
    }
  | {
      /** A token of IAM, or a key of `cbr-proxy`. */
      readonly token: string
      readonly ak?: undefined
      readonly sk?: undefined
      readonly securityToken?: undefined
    }

/**
 * The options of every call.
 * @category Promises
 * @since 0.1.0
 */
export interface RequestOptions {
  /** Project of the backup; the client's by default. */
  readonly projectId?: string | undefined
  /** Ends the call: it rejects with the signal's reason, and the connection is closed. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The options of a watch.
 * @category Promises
 * @since 0.1.0
 */
export interface WatchOptions extends RequestOptions {
  /** Hears every observation. The client waits for its promise; an error that it throws ends the call. */
  readonly onObservation?: ((observation: Plain<Observation>) => unknown) | undefined
}

/**
 * The options of a wait.
 * @category Promises
 * @since 0.1.0
 */
export interface WaitOptions extends WatchOptions {
  /** Longest time in all, in milliseconds; 30 minutes by default. */
  readonly timeout?: number | undefined
  /** Whether to fail as soon as the condition can no longer come true; `true` by default. */
  readonly failFast?: boolean | undefined
  /** Whether a backup that is not there yet is waited for; `false` by default, but for the condition `exists`. */
  readonly untilExists?: boolean | undefined
}

/**
 * The options of `showMany`.
 * @category Promises
 * @since 0.1.0
 */
export interface ManyOptions extends RequestOptions {
  /** Requests under way at once; 8 by default. */
  readonly concurrency?: number | undefined
}

/**
 * Which backups are listed, in the words of the API's page. Order and paging are the client's own.
 * @category Promises
 * @since 0.2.0
 */
export type ListFilter = Plain<Omit<ListBackupsFilter, "project_id">>

/**
 * A server or disk by its id or its name, and further filters of its backups.
 * @category Promises
 * @since 0.2.0
 */
export type ResourceFilter = ListFilter &
  ({ readonly resource_id: string } | { readonly resource_name: string; readonly resource_id?: never })

/**
 * The options of `latestBackup`.
 * @category Promises
 * @since 0.2.0
 */
export interface LatestOptions extends RequestOptions {
  /** Hears once that a server's list may be incomplete, with the reason. */
  readonly onIncomplete?: ((detail: FailureDetail) => unknown) | undefined
}

/**
 * The options of `listBackups`.
 * @category Promises
 * @since 0.2.0
 */
export interface ListOptions extends LatestOptions {
  /** Backups a page at most, 2 to 1,000; 1,000 by default. */
  readonly pageSize?: number | undefined
}
