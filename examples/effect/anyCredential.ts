/** A backup by its id alone, with whatever credential, region and project this machine is set up for. */
import { BackupClient, Chain, DirectHttpClient, MachineEndpoint, ProjectDiscovery, UserFolders } from "@cbr/client"
import { NodeCrypto, NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"

const platform = Layer.mergeAll(
  NodeServices.layer,
  NodeHttpClient.layerUndici,
  NodeCrypto.layerMac,
  NodeCrypto.layerDigest,
  UserFolders.layerConfig(process.platform, process.getuid?.())
)
const direct = Layer.provide(DirectHttpClient.layer, NodeHttpClient.layerNodeHttp)

const client = Layer.mergeAll(BackupClient.layer, ProjectDiscovery.layer).pipe(
  Layer.provide(Chain.layer()),
  Layer.provide(MachineEndpoint.layer),
  Layer.provide([platform, direct])
)

const program = Effect.gen(function* () {
  const { projectId } = yield* ProjectDiscovery
  const { showBackup } = yield* BackupClient
  const project_id = yield* projectId
  const { backup } = yield* showBackup({ project_id, backup_id: process.argv.at(-1) ?? "" })
  yield* Console.log(`${backup.name} is ${backup.status}, in project ${project_id}`)
})

program.pipe(
  // Each place that was searched, and why it did not serve.
  Effect.catchTag("NoCredentials", ({ message, searched = [] }) =>
    Effect.forEach(searched.length === 0 ? [{ place: "no credentials", reason: message }] : searched, (place) =>
      Console.error(`${place.place}: ${place.reason}`)
    )
  ),
  Effect.provide(client),
  NodeRuntime.runMain
)
