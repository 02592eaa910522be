// Arguments: PROJECT_ID BACKUP_ID.
import { BackupClient } from "@cbr/client"
import { layerCrypto, layerNodeHttp } from "@cbr/client/node"
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"

const platform = Layer.merge(layerNodeHttp({}), layerCrypto)
const [project_id = "", backup_id = ""] = process.argv.slice(2)

BackupClient.use((client) => client.showBackup({ project_id, backup_id })).pipe(
  Effect.flatMap(({ backup }) => Console.log(backup.name, "is", backup.status)),
  Effect.catchTag("BackupNotFound", (error) => Console.log(error.message)),
  Effect.provide(Layer.provide(BackupClient.layerConfig, platform)),
  Effect.tapError(({ message }) => Console.error(message)),
  // Without this line a defect is silent: nothing is printed.
  Effect.tapDefect(Console.error),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
