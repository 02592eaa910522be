import type { BackupClient } from "./promise/BackupClient.ts"
/**
 * The client for programs without Effect: promises, async iterables,
 * `AbortSignal`, and errors for `instanceof`. It needs nothing but `fetch` and
 * WebCrypto, so it runs in Node, in browsers and at the edge.
 */
import { located } from "./promise/CallSite.ts"
import type { BackupClientOptions } from "./promise/Options.ts"
import { clientOfOptions } from "./promise/OptionsClient.ts"

export { ErrorTable } from "./errors/ErrorTable.ts"
export type { FailureDetail } from "./errors/FailureDetails.ts"
export { failureText } from "./errors/FailureText.ts"
export * from "./promise/BackupErrors.ts"
export type * from "./promise/Options.ts"
export type { ErrorClass, Plain, PlainError, PlainTimestamp } from "./promise/PlainTypes.ts"
export type {
  BackupClient,
  BackupOutcome,
  BackupResponse,
  Condition,
  ConditionText,
  Query
} from "./promise/BackupClient.ts"

/**
 * Makes a client. Throws `InvalidRequest` when the region, the endpoint or a
 * number cannot be right; credentials are first looked at by a call.
 *
 * @example
 * ```ts
 * await using client = createBackupClient({ ak, sk, projectId, region: "cn-north-4" })
 * const { backup } = await client.showBackup("6df2b54c-dd62-4059-a07c-1b8f24f2725d", {
 *   signal: AbortSignal.timeout(5000)
 * })
 * ```
 * @category Promises
 * @since 0.1.0
 */
export const createBackupClient = (options: BackupClientOptions): BackupClient =>
  located(() => clientOfOptions(options))
