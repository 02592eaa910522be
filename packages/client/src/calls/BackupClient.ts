import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { Credentials } from "../credentials/Credentials.ts"
import { Endpoint } from "../endpoint/Endpoint.ts"
import type { InvalidRequest, NoCredentials } from "../errors/ShowBackupError.ts"
import * as Environment from "../sources/Environment.ts"
import type { BackupCalls } from "./BackupCalls.ts"
import { BackupClientService } from "./BackupClientService.ts"

/**
 * Fetches one backup from CBR.
 *
 * `showBackup` checks the ids, authenticates and sends the call, retries a failure that a retry can help, and reads the
 * answer. It ends within the policy's call timeout and fails only with a `ShowBackupError`. Interrupting it closes the
 * connection. `circuit` tells whether the client calls the endpoint at all: see `ResiliencePolicy`.
 *
 * @example
 * ```ts
 * const program = BackupClient.use((client) =>
 *   client.showBackup({ project_id: "4229d7a4…", backup_id: "6df2b54c-…" })
 * )
 * program.pipe(Effect.provide(BackupClient.layerConfig), Effect.provide(platform))
 * ```
 * @source GET /v3/{project_id}/backups/{backup_id}
 * @category Calls
 * @since 0.1.0
 */
export class BackupClient extends Context.Service<BackupClient, BackupCalls>()("@cbr/client/BackupClient") {
  static readonly make = BackupClientService.make

  /** Over an `Endpoint`, `Credentials` and the platform's HTTP client and crypto. */
  static readonly layer: Layer.Layer<
    BackupClient,
    never,
    Endpoint | Credentials | HttpClient | Mac.Mac | Digest.Digest
  > = BackupClientService.layer

  /** The client with endpoint and credentials from the environment. */
  static readonly layerConfig: Layer.Layer<
    BackupClient,
    InvalidRequest | NoCredentials | Config.ConfigError,
    HttpClient | Mac.Mac | Digest.Digest
  > = BackupClient.layer.pipe(Layer.provide([Endpoint.layerConfig, Environment.layer]))
}
