import { createHmac, hash } from "node:crypto"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hashes } from "./Hashes.node.ts"
import { HmacSha256 } from "./HmacSha256.node.ts"
import { withSigner } from "./SynchronousHashes.ts"

/** `SHA-256` is `sha256` to Node. */
const nameInNode = (name: string): string => name.replace("-", "").toLowerCase()

const layerMac = Mac.layerWebCryptoWith({
  hmac: (name, key, data) =>
    name === "SHA-256"
      ? new Uint8Array(HmacSha256.of(key, () => key).digest(data))
      : new Uint8Array(createHmac(nameInNode(name), key).update(data).digest())
}).pipe(Layer.provide(NodeCrypto.layerSecureRandom))

const layerSigning = Layer.effect(
  Mac.Mac,
  Effect.map(Mac.Mac, (mac) => withSigner(mac, hashes))
).pipe(Layer.provide(layerMac))

const layerDigest = Layer.succeed(Digest.Digest, {
  digest: (algorithm, data) => Effect.sync(() => new Uint8Array(hash(nameInNode(algorithm.name), data, "buffer"))),
  digestHex: (algorithm, data) => Effect.sync(() => hash(nameInNode(algorithm.name), data, "hex"))
})

/**
 * HMACs and digests on `node:crypto`, for keys that sign again and again: an
 * HMAC takes a sixth of the time of `NodeCrypto.layerMac`.
 *
 * @example
 * ```ts
 * BackupClient.layerConfig.pipe(Layer.provide([layerUndici({}), layerCrypto]))
 * ```
 * @category Signing
 * @since 0.2.0
 */
export const layerCrypto: Layer.Layer<Mac.Mac | Digest.Digest> = Layer.merge(layerSigning, layerDigest)
