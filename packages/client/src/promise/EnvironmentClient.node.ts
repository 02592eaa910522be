import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BackupClientService } from "../calls/BackupClientService.ts"
import * as DefaultProject from "../calls/DefaultProject.ts"
import { UserDirectories } from "../config/UserDirectories.ts"
import { InvalidRequest } from "../errors/ShowBackupError.ts"
import { MetadataHttpClient } from "../http/MetadataHttpClient.ts"
import * as MachineEndpoint from "../profiles/MachineEndpoint.ts"
import { NamedProfile } from "../profiles/ProfileFile.ts"
import { layerCloudsYaml } from "../profiles/YamlReader.node.ts"
import { layerCrypto } from "../signing/NodeCrypto.node.ts"
import * as CredentialChain from "../sources/CredentialChain.ts"
import { layerNodeHttp } from "../transport/NodeHttpTransport.node.ts"
import { fromEnvironment } from "../transport/TransportSettings.node.ts"
import { parseWithQueries } from "../watching/QueryCondition.ts"
import type { BackupClient } from "./BackupClient.ts"
import { clientOf } from "./clientOf.ts"
import type { CallLimits } from "./Options.ts"
import { limits } from "./OptionsClient.ts"
import { faultOfTypes, given } from "./OptionValidation.ts"

/**
 * The options of a client from the environment; each goes before the environment.
 * @category Promises
 * @since 0.2.0
 */
export interface EnvironmentOptions extends CallLimits {
  /** Name of the profile, which goes before the environment. */
  readonly profile?: string | undefined
  /** Project of the backups, unless a call names another; by default as `ProjectDiscovery` finds it. */
  readonly projectId?: string | undefined
}

/** A client by this machine's settings. Throws `InvalidRequest` if an option cannot be right. */
export const clientOfEnvironment = (options?: EnvironmentOptions): BackupClient => {
  const { callTimeout, profile, projectId, retries } = given(options)
  const fault = faultOfTypes("string", { profile, projectId })
  if (fault !== undefined) throw fault
  const layer = DefaultProject.layer.pipe(
    Layer.provide(CredentialChain.layer()),
    Layer.provide(MachineEndpoint.layer),
    Layer.provide([machine, limits({ callTimeout, retries })]),
    Layer.provide(
      Layer.succeed(NamedProfile, profile === undefined ? undefined : { name: profile, by: "the option profile" })
    ),
    Layer.catchTag("ConfigError", ({ message }) =>
      Layer.effect(BackupClientService, new InvalidRequest({ detail: { code: "other", message } }))
    ),
    Layer.provideMerge(variables)
  )
  return clientOf(layer, projectId ?? "", parseWithQueries)
}

/** The variables as they stand when a client first needs them; Effect's own provider keeps those of the process's first. */
const variables = Layer.sync(ConfigProvider.ConfigProvider, () => ConfigProvider.fromEnv())

/** The services of this machine that the client needs. */
const machine = Layer.mergeAll(
  Layer.unwrap(Effect.map(fromEnvironment, layerNodeHttp)),
  // A request for the machine's metadata never goes through a proxy.
  Layer.provide(MetadataHttpClient.layer, layerNodeHttp({})),
  UserDirectories.layerConfig(process.platform, process.getuid?.()),
  NodeFileSystem.layer,
  NodePath.layer,
  layerCrypto,
  layerCloudsYaml
)
