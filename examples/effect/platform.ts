import { BackupClient } from "@cbr/client"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Layer from "effect/Layer"

/** The client in Node, with endpoint and credentials from the environment. */
export const backupClient = BackupClient.layerConfig.pipe(
  Layer.provide([NodeHttpClient.layerUndici, NodeCrypto.layerMac, NodeCrypto.layerDigest])
)
