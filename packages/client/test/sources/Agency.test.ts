import { Agency, Credentials, Endpoint } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { inMemory, type Script } from "../InMemoryTransport.ts"
import { NodeHashes } from "../signing/NodeHashes.ts"
import { accessKey, timedError, token } from "../TestClient.ts"
import { currentOf, jsonOf, temporary } from "./CredentialSourceTest.ts"

const assumed = (script: Script, own = Credentials.accessKey(accessKey), region = "cn-north-4") => {
  const transport = inMemory(script)
  const layer = Agency.layer({ agency: "readers", domain: "acme" }).pipe(
    Layer.provide([own, transport.layer, NodeHashes, Layer.orDie(Endpoint.layer({ region }))])
  )
  return { sent: transport.sent, layer, current: Effect.flatMap(Credentials, currentOf) }
}

const given: Script = (nth) => ({ status: 201, body: JSON.stringify(temporary(nth)) })

describe("an agency", () => {
  it.effect("is assumed by a signed POST, whose body is signed too", () =>
    Effect.gen(function* () {
      const { current, layer, sent } = assumed(given)
      assert.strictEqual((yield* Effect.provide(current, layer)).ak, "HST-0")
      const { request } = sent[0]!
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens")
      assert.match(
        request.headers["authorization"] ?? "",
        /^SDK-HMAC-SHA256 Access=EXAMPLEACCESSKEY0001, SignedHeaders=content-type;host;x-sdk-date, Signature=[0-9a-f]{64}$/
      )
      assert.strictEqual(request.headers["content-type"], "application/json")
      assert.deepStrictEqual(jsonOf(sent[0]!), {
        auth: {
          identity: {
            methods: ["assume_role"],
            assume_role: { agency_name: "readers", domain_name: "acme", duration_seconds: 21_600 }
          }
        }
      })
    })
  )

  it.effect("is assumed with a token as well", () =>
    Effect.gen(function* () {
      const { current, layer, sent } = assumed(given, Credentials.token(token))
      yield* Effect.provide(current, layer)
      assert.strictEqual(sent[0]?.request.headers["x-auth-token"], "exampleTokenOfTestsOnly")
      assert.notProperty(sent[0]?.request.headers, "authorization")
    })
  )

  it.effect("is asked for once by many, and not again for five minutes after a refusal", () =>
    Effect.gen(function* () {
      const { current, layer, sent } = assumed(() => ({ status: 401, body: `{"error_code":"APIGW.0301"}` }))
      yield* Effect.gen(function* () {
        for (let round = 0; round < 3; round++) {
          yield* Effect.all(
            Array.from({ length: 100 }, () => Effect.flip(current)),
            { concurrency: "unbounded" }
          )
        }
      }).pipe(Effect.provide(layer))
      assert.strictEqual(sent.length, 1)
    })
  )

  it.effect("is asked for once where IAM fails in passing: the call that wants its key tries again", () =>
    Effect.gen(function* () {
      const { current, layer, sent } = assumed(() => ({ status: 503, body: "{}" }))
      const { error } = yield* timedError(Effect.provide(current, layer))
      assert.strictEqual(error._tag, "ServiceUnavailable")
      assert.strictEqual(sent.length, 1)
    })
  )
})
