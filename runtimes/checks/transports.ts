import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import type { Check } from "./Check.ts"
import { checksOf } from "./effect.ts"

const node = Layer.mergeAll(NodeCrypto.layerMac, NodeCrypto.layerDigest)
const web = Layer.mergeAll(
  Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto),
  Digest.layerWebCrypto,
  FetchHttpClient.layer
)

/** Undici is Node's own: Bun and Deno have another in its place. */
const isNode = !("Bun" in globalThis) && !("Deno" in globalThis)

/** The checks over each transport that the runtime has. */
export const allTransports = async (): Promise<ReadonlyArray<Check>> => [
  ...checksOf("node:http", Layer.merge(Layer.orDie(layerNodeHttp({})), node)),
  ...checksOf("fetch", web),
  ...(isNode ? checksOf("undici", Layer.merge(Layer.orDie(layerUndici({})), node)) : [])
]
