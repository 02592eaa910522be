import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { Layer } from "effect"
import { SharedAnswers } from "../../src/cache/SharedAnswers.ts"
import * as Revocations from "../../src/callers/Revocations.ts"
import * as MemoryStore from "../../src/store/MemoryStore.ts"

/** The answers that a proxy knows of that is no other's replica. */
export const answers = SharedAnswers.layer.pipe(Layer.provide([MemoryStore.layer, NodeCrypto.layerSecureRandom]))

/** The state of such a proxy: a store in memory, the answers in it, and what was revoked there. */
export const layer = Layer.merge(SharedAnswers.layer, Revocations.layer("serve")).pipe(
  Layer.provideMerge(MemoryStore.layer),
  Layer.provide(NodeCrypto.layerSecureRandom)
)
