/**
 * A backup by its id alone, with whatever credential, region and project this machine is set up for.
 * Arguments: BACKUP_ID.
 */
import {
  BackupClient,
  CredentialChain,
  MetadataHttpClient,
  failureText,
  MachineEndpoint,
  ProjectDiscovery,
  UserDirectories
} from "@cbr/client"
import { NodeCrypto, NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"

const platform = Layer.mergeAll(
  NodeServices.layer,
  NodeHttpClient.layerUndici,
  NodeCrypto.layerMac,
  NodeCrypto.layerDigest,
  UserDirectories.layerConfig(process.platform, process.getuid?.())
)
const direct = Layer.provide(MetadataHttpClient.layer, NodeHttpClient.layerNodeHttp)

const client = Layer.mergeAll(BackupClient.layer, ProjectDiscovery.layer).pipe(
  Layer.provide(CredentialChain.layer()),
  Layer.provide(MachineEndpoint.layer),
  Layer.provide([platform, direct])
)

const program = Effect.gen(function* () {
  const { projectId } = yield* ProjectDiscovery
  const { showBackup } = yield* BackupClient
  // The project that is named, or the credential's, or the region's own.
  const project_id = yield* projectId
  const { backup } = yield* showBackup({ project_id, backup_id: process.argv.at(-1) ?? "" })
  yield* Console.log(`${backup.name} is ${backup.status}, in project ${project_id}`)
})

program.pipe(
  // Each place that was searched, and why it did not serve.
  Effect.provide(client),
  Effect.tapError((error) => {
    // Each place that was searched, and why it did not serve.
    const searched = "detail" in error && error.detail.code === "no-credentials" ? error.detail.searched : []
    const lines = searched.map(({ place, reason }) => `${place}: ${failureText(reason)}`)
    return Console.error(lines.length === 0 ? error.message : lines.join("\n"))
  }),
  Effect.tapDefect(Console.error),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
