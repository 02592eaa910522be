import { canonicalRequest, canonicalRequestHash, payloadHash, SdkHmacSha256 } from "@cbr/client/signing"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Digest, Mac, SecureRandom } from "effect/crypto"
import { NodeHashes } from "./NodeHashes.ts"
import { accessKey, date, plain, vectors } from "./vectors.ts"

const WebHashes = Layer.mergeAll(
  Mac.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto
)

for (const [name, Hashes] of [
  ["node:crypto", NodeHashes],
  ["WebCrypto", WebHashes]
] as const) {
  layer(Hashes)(`SDK-HMAC-SHA256 on ${name}`, (it) => {
    for (const vector of vectors) {
      it.effect(`vector ${vector.name}`, () =>
        Effect.gen(function* () {
          const headers = yield* SdkHmacSha256.sign(vector.request, { accessKey: vector.accessKey, date })
          const canonical = canonicalRequest(
            { ...vector.request, headers },
            vector.signedHeaders,
            yield* payloadHash(vector.request)
          )
          assert.strictEqual(yield* canonicalRequestHash(canonical), vector.canonicalHash)
          assert.strictEqual(
            headers["authorization"],
            `SDK-HMAC-SHA256 Access=${accessKey.ak}, SignedHeaders=${vector.signedHeaders.join(";")}, Signature=${vector.signature}`
          )
        })
      )
    }
  })
}

describe("SDK-HMAC-SHA256", () => {
  layer(NodeHashes)((it) => {
    it.effect("gives all headers to send, and no others", () =>
      Effect.gen(function* () {
        const headers = yield* SdkHmacSha256.sign(vectors[1].request, { accessKey: vectors[1].accessKey, date })
        assert.deepStrictEqual(Object.keys(headers).sort(), [
          "authorization",
          "content-type",
          "host",
          "x-project-id",
          "x-sdk-date",
          "x-security-token"
        ])
        assert.strictEqual(headers["x-sdk-date"], "20260102T030405Z")
        assert.strictEqual(headers["x-security-token"], "exampleToken==")
      })
    )

    it.effect("signing what was signed before gives the same headers", () =>
      Effect.gen(function* () {
        const once = yield* SdkHmacSha256.sign(plain, { accessKey, date })
        const twice = yield* SdkHmacSha256.sign({ ...plain, headers: once }, { accessKey, date })
        assert.deepStrictEqual(twice, once)
      })
    )

    it.effect("sends a header with _ in its name, unsigned, and a multipart content type too", () =>
      Effect.gen(function* () {
        const headers = yield* SdkHmacSha256.sign(
          { ...plain, headers: { ...plain.headers, x_a: "1", "content-type": "multipart/form-data; boundary=b" } },
          { accessKey, date }
        )
        assert.strictEqual(headers["x_a"], "1")
        assert.strictEqual(headers["content-type"], "multipart/form-data; boundary=b")
        assert.include(headers["authorization"], vectors[0].signature)
      })
    )

    it.effect("a new secret under the same access key id gives another signature", () =>
      Effect.gen(function* () {
        const other = { ...accessKey, sk: Redacted.make("another") }
        const headers = yield* SdkHmacSha256.sign(plain, { accessKey: other, date })
        assert.notInclude(headers["authorization"], vectors[0].signature)
      })
    )
  })
})
