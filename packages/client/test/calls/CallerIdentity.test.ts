import { CallerIdentity, Credentials, Endpoint, type EndpointOptions } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { type Answer, inMemory } from "../InMemoryTransport.ts"
import { NodeHashes } from "../signing/NodeHashes.ts"
import { accessKey, token } from "../TestClient.ts"

const asked = (body: unknown, credentials: Layer.Layer<Credentials>, endpoint: EndpointOptions = {}) => {
  const transport = inMemory((): Answer => ({ status: 200, body: JSON.stringify(body) }))
  const identity = CallerIdentity.ask.pipe(
    Effect.provide([
      transport.layer,
      NodeHashes,
      credentials,
      Layer.orDie(Endpoint.layer({ region: "cn-north-4", ...endpoint }))
    ])
  )
  return { sent: transport.sent, identity }
}

describe("whose a credential is", () => {
  it.effect("IAM says it of a token, by the token itself", () =>
    Effect.gen(function* () {
      const user = { id: "u", name: "reader", domain: { id: "d", name: "acme" }, password_expires_at: "" }
      const { identity, sent } = asked({ token: { user, methods: ["password"] } }, Credentials.token(token))
      assert.deepStrictEqual(yield* identity, {
        account_id: "d",
        account_name: "acme",
        principal_id: "u",
        user_name: "reader"
      })
      const { headers, url } = sent[0]!.request
      assert.strictEqual(url, "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true")
      assert.strictEqual(headers["x-subject-token"], headers["x-auth-token"])
    })
  )

  it.effect("STS says it of an access key, in a request that is signed in the usual way", () =>
    Effect.gen(function* () {
      const said = { account_id: "d", principal_urn: "iam::d:user:reader", principal_id: "u" }
      const { identity, sent } = asked(said, Credentials.accessKey(accessKey), { signing: "V11-HMAC-SHA256" })
      assert.deepStrictEqual(yield* identity, said)
      assert.strictEqual(sent[0]?.request.url, "https://sts.cn-north-4.myhuaweicloud.com/v5/caller-identity")
      assert.match(sent[0]?.request.headers["authorization"] ?? "", /^SDK-HMAC-SHA256 /)
    })
  )

  it.effect("the address of STS may be set; where none is known, nothing is asked", () =>
    Effect.gen(function* () {
      const own = asked({ account_id: "d" }, Credentials.accessKey(accessKey), {
        region: "eu-de",
        stsEndpoint: "https://sts.example"
      })
      assert.deepStrictEqual(yield* own.identity, { account_id: "d" })
      assert.strictEqual(new URL(own.sent[0]!.request.url).host, "sts.example")
      for (const [credentials, endpoint] of [
        [Credentials.accessKey(accessKey), { region: "eu-de" }],
        [Credentials.token(token), { region: undefined, endpoint: "http://127.0.0.1:1" }]
      ] as const) {
        const { identity, sent } = asked({}, credentials, endpoint)
        assert.isUndefined(yield* identity)
        assert.lengthOf(sent, 0)
      }
    })
  )

  it.effect("a key that STS refused is held back, though its credentials call it renewed", () =>
    Effect.gen(function* () {
      const transport = inMemory((): Answer => ({ status: 401, body: `{"error_code":"APIGW.0301"}` }))
      let asked = 0
      const credentials = Credentials.of({
        current: Effect.sync(() => ({ _tag: "AccessKey", accessKey, nth: asked++ }) as const),
        refused: () => Effect.succeed(true)
      })
      const error = yield* Effect.flip(CallerIdentity.ask).pipe(
        Effect.provide([
          transport.layer,
          NodeHashes,
          Layer.succeed(Credentials, credentials),
          Layer.orDie(Endpoint.layer({ region: "cn-north-4" }))
        ])
      )
      assert.strictEqual(error._tag, "AuthenticationFailed")
      assert.lengthOf(transport.sent, 1)
    })
  )

  it.effect("an answer that does not say it is told as such", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asked({ token: {} }, Credentials.token(token)).identity)
      assert.strictEqual(error.message, "IAM answered 200, but did not say whose the credential is")
    })
  )
})
