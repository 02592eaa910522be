import { layerCrypto } from "@cbr/client/node"
import { type AccessKey, verify } from "@cbr/client/signing"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { Mac } from "effect/crypto"
import { TestClock } from "effect/testing"
import * as Authenticator from "../../src/credentials/Authenticator.ts"
import { hashes } from "../../src/signing/Hashes.node.ts"
import { NodeHashes } from "../signing/NodeHashes.ts"

const key: AccessKey = { ak: "EXAMPLEACCESSKEY0001", sk: Redacted.make("example-secret") }
const temporary: AccessKey = { ...key, security_token: Redacted.make("example-token") }

const get = {
  method: "GET",
  origin: "https://cbr.example:8443",
  path: "/v3/p/backups/b",
  query: "limit=10",
  project_id: "p"
} as const
const post = {
  method: "POST",
  origin: "https://iam.example",
  path: "/v3/tokens",
  query: "",
  body: `{"a":"é"}`
} as const

/** The headers that show a key in a request at the start of 2026. */
const shown = (
  accessKey: AccessKey,
  request: Authenticator.UnauthenticatedRequest,
  derived?: { readonly region: string; readonly service: "cbr" }
) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(Date.UTC(2026))
    const { authenticate } = yield* Authenticator.make(derived)
    return yield* authenticate({ _tag: "AccessKey", accessKey }, request)
  })

const cases = [
  ["a GET by a key", key, get],
  ["a GET by a temporary key", temporary, get],
  ["a POST, whose body is signed", key, post]
] as const

describe("a client that shows an access key", () => {
  for (const [name, accessKey, request] of cases) {
    it.effect(`signs ${name} by Node's hashes as by the services of effect/crypto`, () =>
      Effect.gen(function* () {
        const headers = yield* Effect.provide(shown(accessKey, request), layerCrypto)
        assert.deepStrictEqual(headers, yield* Effect.provide(shown(accessKey, request), NodeHashes))
        const sent = { ...request, headers: { host: new URL(request.origin).host, ...headers } }
        const now = DateTime.makeUnsafe(Date.UTC(2026))
        assert.deepStrictEqual(yield* verify(sent, { secretKeyOf: () => accessKey.sk, now }, hashes), {
          ak: accessKey.ak
        })
      })
    )
  }

  it.effect("signs by a derived key where the endpoint asks for it", () =>
    Effect.gen(function* () {
      const derived = { region: "cn-north-4", service: "cbr" } as const
      const headers = yield* Effect.provide(shown(key, get, derived), layerCrypto)
      assert.match(headers["authorization"] ?? "", /^V11-HMAC-SHA256 /)
      assert.deepStrictEqual(headers, yield* Effect.provide(shown(key, get, derived), NodeHashes))
    })
  )

  it.effect("signs by the Mac that stands in the place of Node's", () =>
    Effect.gen(function* () {
      const other = Layer.effect(
        Mac.Mac,
        Effect.map(Mac.Mac, ({ generateKey, verify }) =>
          Mac.Mac.of({ generateKey, verify, sign: () => Effect.succeed(new Uint8Array([0xab])) })
        )
      )
      const headers = yield* Effect.provide(shown(key, get), Layer.provideMerge(other, layerCrypto))
      assert.match(headers["authorization"] ?? "", /Signature=ab$/)
    })
  )
})
