import { V11HmacSha256 } from "@cbr/client/signing"
import { assert, describe, layer } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { NodeHashes } from "./NodeHashes.ts"
import { accessKey, date, derivedSignature, plain } from "./vectors.ts"

const scope = { region: "cn-north-4", service: "cbr" }
const expected = `V11-HMAC-SHA256 Credential=${accessKey.ak}/20260102/cn-north-4/cbr, SignedHeaders=host;x-sdk-date, Signature=${derivedSignature}`

describe("V11-HMAC-SHA256", () => {
  layer(NodeHashes)((it) => {
    it.effect("vector D", () =>
      Effect.gen(function* () {
        const headers = yield* V11HmacSha256.sign(plain, { accessKey, date, ...scope })
        assert.strictEqual(headers["authorization"], expected)
      })
    )

    it.effect("the key follows the day, the region and the access key id", () =>
      Effect.gen(function* () {
        const authorizationOf = (changes: Partial<Parameters<typeof V11HmacSha256.sign>[1]>) =>
          Effect.map(V11HmacSha256.sign(plain, { accessKey, date, ...scope, ...changes }), (headers) =>
            headers["authorization"]!.slice(-64)
          )
        const signatures = [
          yield* authorizationOf({}),
          yield* authorizationOf({ date: DateTime.add(date, { days: 1 }) }),
          yield* authorizationOf({ region: "eu-west-101" }),
          yield* authorizationOf({ service: "iam" }),
          yield* authorizationOf({ accessKey: { ...accessKey, ak: "ANOTHER" } })
        ]
        assert.strictEqual(new Set(signatures).size, signatures.length)
        assert.strictEqual(yield* authorizationOf({}), signatures[0], "and the first comes back")

        const fresh = { ...accessKey, sk: Redacted.make(Redacted.value(accessKey.sk)) }
        const tomorrow = { date: DateTime.add(date, { days: 1 }) }
        assert.strictEqual(yield* authorizationOf({ ...tomorrow, accessKey: fresh }), signatures[1], "kept or derived")
      })
    )
  })
})
