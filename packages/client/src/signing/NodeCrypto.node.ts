import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const keyObjects = new WeakMap<Uint8Array, KeyObject>()

/** Making a key object of the bytes takes longer than the HMAC of a request: each is made once and gone with its bytes. */
const keyObjectOf = (bytes: Uint8Array): KeyObject => {
  const known = keyObjects.get(bytes)
  if (known !== undefined) return known
  const made = createSecretKey(bytes)
  keyObjects.set(bytes, made)
  return made
}

/** `SHA-256` is `sha256` to Node. */
const nameInNode = (name: string): string => name.replace("-", "").toLowerCase()

const layerMac = Mac.layerWebCryptoWith({
  hmac: (name, key, data) => new Uint8Array(createHmac(nameInNode(name), keyObjectOf(key)).update(data).digest())
}).pipe(Layer.provide(NodeCrypto.layerSecureRandom))

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
export const layerCrypto: Layer.Layer<Mac.Mac | Digest.Digest> = Layer.merge(layerMac, layerDigest)
