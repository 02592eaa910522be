import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { Layer } from "effect"

/** The synchronous hashes of node:crypto. */
export const NodeHashes = Layer.mergeAll(NodeCrypto.layerMac, NodeCrypto.layerDigest)
