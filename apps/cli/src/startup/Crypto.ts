import { createHmac } from "node:crypto"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as WebCrypto from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Layer from "effect/Layer"
import { startupOptimizations } from "./StartupOptimizations.ts"

const isOwn = (name: Digest.Algorithm["name"]): boolean => name === Digest.sha256.name

const layerDigest = Layer.effect(
  Digest.Digest,
  Effect.map(Digest.Digest, (node) => ({
    digest: (algorithm, data) =>
      isOwn(algorithm.name) ? Effect.sync(() => sha256(data)) : node.digest(algorithm, data),
    digestHex: (algorithm, data) =>
      isOwn(algorithm.name) ? Effect.sync(() => Hex.encode(sha256(data))) : node.digestHex(algorithm, data)
  }))
).pipe(Layer.provide(NodeCrypto.layerDigest))

const layerMac = Mac.layerWebCryptoWith({
  hmac: (name, key, data) =>
    isOwn(name) ? hmac(sha256, key, data) : new Uint8Array(createHmac(name.replace("-", ""), key).update(data).digest())
}).pipe(
  Layer.provide(SecureRandom.layerWebCrypto),
  // The browsers' crypto makes keys, which no command needs: it is loaded when one is made.
  Layer.provide(
    Layer.succeed(WebCrypto.WebCrypto, {
      get subtle() {
        return globalThis.crypto.subtle
      },
      getRandomValues: (array: Uint8Array<ArrayBuffer>) => globalThis.crypto.getRandomValues(array),
      randomUUID: () => globalThis.crypto.randomUUID()
    })
  )
)

/**
 * The hashes of a signature. SHA-256 is computed in JavaScript: to load Node's
 * own, some forty files, takes many times as long as the few that a command
 * needs.
 */
export const layer = startupOptimizations.sha256
  ? Layer.merge(layerDigest, layerMac)
  : Layer.merge(NodeCrypto.layerDigest, NodeCrypto.layerMac)
