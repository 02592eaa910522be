import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Crypto from "../../src/startup/Crypto.ts"

const digestHex = (algorithm: Digest.Algorithm, data: Uint8Array) =>
  Digest.Digest.use((digest) => digest.digestHex(algorithm, data))

const digest = (algorithm: Digest.Algorithm, data: Uint8Array) =>
  Digest.Digest.use((digest) => digest.digest(algorithm, data))

const tag = Effect.fn(function* (algorithm: Mac.Algorithm, key: Uint8Array, data: Uint8Array) {
  const mac = yield* Mac.Mac
  return yield* mac.sign(yield* Mac.key(algorithm, key), data)
})

const octet = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))
const bytes = (minLength: number) =>
  Arbitrary.map(Arbitrary.array(octet, { minLength, maxLength: 300 }), (octets) => Uint8Array.from(octets))

describe("Crypto.layer", () => {
  it.effect.prop("computes the hashes that Node computes", [bytes(0), bytes(1)], ([data, key]) =>
    Effect.gen(function* () {
      const all = Effect.all([
        ...[Digest.sha256, Digest.sha512].flatMap((algorithm) => [digest(algorithm, data), digestHex(algorithm, data)]),
        ...[Mac.hmacSha256, Mac.hmacSha512].map((algorithm) => tag(algorithm, key, data))
      ])
      assert.deepStrictEqual(
        yield* Effect.provide(all, Crypto.layer),
        yield* Effect.provide(all, [NodeCrypto.layerDigest, NodeCrypto.layerMac])
      )
    })
  )
})
