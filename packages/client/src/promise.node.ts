/**
 * The client for programs without Effect, in Node: `@cbr/client/promise`, with projects found by their region, and with
 * endpoint and credentials from this machine's settings.
 */
import * as DefaultProject from "./calls/DefaultProject.ts"
import type { BackupClient, BackupResponse, Condition, ConditionText } from "./promise/BackupClient.ts"
import { located } from "./promise/CallSite.ts"
import { clientOfEnvironment, type EnvironmentOptions } from "./promise/EnvironmentClient.node.ts"
import type { BackupClientOptions, WaitOptions } from "./promise/Options.ts"
import { clientOfOptions } from "./promise/OptionsClient.ts"
import { parseWithQueries } from "./watching/QueryCondition.ts"

export * from "./promise.ts"
export type { EnvironmentOptions } from "./promise/EnvironmentClient.node.ts"

/**
 * A client whose conditions may be expressions of JMESPath as text: `query=backup.status=='available'`.
 * @category Promises
 * @since 0.2.0
 */
export interface NodeBackupClient extends BackupClient {
  waitUntil(backupId: string, condition: "deleted", options?: WaitOptions): Promise<BackupResponse | undefined>
  waitUntil(
    backupId: string,
    condition: Condition | `query=${string}` | ReadonlyArray<ConditionText | `query=${string}`>,
    options?: WaitOptions
  ): Promise<BackupResponse>
}

/**
 * Makes a client as `createBackupClient` of `@cbr/client/promise` does; without a `projectId`, it finds the project of
 * the region. The client asks IAM once for each region and key.
 *
 * `fromEnvironment` makes one by this machine's settings: region, endpoint and project as the variables, the
 * profile or `clouds.yaml` say, the credential of the first source that has one (`CredentialChain`), the HTTPS proxy and
 * certificate authorities of the environment. The first call reads all of these, and rejects with `NoCredentials` or
 * `InvalidRequest` where something is missing or wrong.
 *
 * @example
 * ```ts
 * await using client = createBackupClient.fromEnvironment()
 * const { backup } = await client.showBackup("6df2b54c-dd62-4059-a07c-1b8f24f2725d")
 * ```
 * @category Promises
 * @since 0.2.0
 */
export const createBackupClient: {
  (options: BackupClientOptions): NodeBackupClient
  readonly fromEnvironment: (options?: EnvironmentOptions) => NodeBackupClient
} = Object.assign(
  (options: BackupClientOptions): NodeBackupClient =>
    located(() => clientOfOptions(options, DefaultProject.layer, parseWithQueries)),
  { fromEnvironment: (options?: EnvironmentOptions): NodeBackupClient => located(() => clientOfEnvironment(options)) }
)
