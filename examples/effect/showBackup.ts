import { BackupClient } from "@cbr/client"
import { NodeCrypto, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"

const platform = Layer.mergeAll(NodeHttpClient.layerUndici, NodeCrypto.layerMac, NodeCrypto.layerDigest)
const [project_id = "", backup_id = ""] = process.argv.slice(2)

BackupClient.use((client) => client.showBackup({ project_id, backup_id })).pipe(
  Effect.flatMap(({ backup }) => Console.log(backup.name, "is", backup.status)),
  Effect.catchTag("BackupNotFound", (error) => Console.log(error.message)),
  Effect.provide(Layer.provide(BackupClient.layerConfig, platform)),
  Effect.tapError(({ message }) => Console.error(message)),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
