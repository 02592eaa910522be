import { Federation } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { currentOf, jsonOf, opened, temporary, type World } from "./CredentialSourceTest.ts"

const variables = { HUAWEICLOUD_SDK_IDP_ID: "example-idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/tokens/id" }
const files = { "/tokens/id": "exampleIdToken\n" }
const subject = { status: 201, headers: { "x-subject-token": "exampleUnscopedToken" }, body: "{}" }

const get = (world: World) => {
  const { open, run, sent } = opened(Federation.source, { variables, files, ...world })
  return { sent, current: run(Effect.flatMap(open, currentOf)) }
}

describe("federation by an id token", () => {
  it.effect("exchanges it for a token, and that for a temporary key", () =>
    Effect.gen(function* () {
      const { current, sent } = get({
        script: (nth) => (nth === 0 ? subject : { status: 201, body: JSON.stringify(temporary(nth)) })
      })
      assert.strictEqual((yield* current).ak, "HST-1")
      const [first, second] = sent
      assert.strictEqual(first?.request.url, "https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens")
      assert.strictEqual(first?.request.headers["x-idp-id"], "example-idp")
      assert.deepStrictEqual(jsonOf(first!), { auth: { id_token: { id: "exampleIdToken" } } })
      assert.strictEqual(
        second?.request.url,
        "https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens"
      )
      assert.deepStrictEqual(jsonOf(second!), {
        auth: {
          identity: { methods: ["token"], token: { id: "exampleUnscopedToken", duration_seconds: 21_600 } }
        }
      })
    })
  )

  it.effect("at the IAM that HUAWEICLOUD_SDK_IAM_ENDPOINT names", () =>
    Effect.gen(function* () {
      const { current, sent } = get({
        variables: { ...variables, HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://iam.example/" },
        script: () => ({ status: 403, body: "{}" })
      })
      yield* Effect.flip(current)
      assert.strictEqual(sent[0]?.request.url, "https://iam.example/v3.0/OS-AUTH/id-token/tokens")
    })
  )

  const broken: ReadonlyArray<readonly [name: string, world: World, tag: string, message: RegExp]> = [
    ["no file", { files: {} }, "NoCredentials", /file \/tokens\/id cannot be read \(NotFound\)/],
    ["an empty file", { files: { "/tokens/id": " \n" } }, "NoCredentials", /\/tokens\/id is empty/],
    [
      "an id token that IAM refuses",
      { script: () => ({ status: 401, body: `{"error":{"message":"bad exampleIdToken"}}` }) },
      "AuthenticationFailed",
      /^IAM answered 401, bad <redacted>$/
    ],
    ["no token for it", { script: () => ({ status: 201, body: "{}" }) }, "MalformedResponse", /without a token/],
    [
      "no key for that",
      { script: (nth) => (nth === 0 ? subject : { status: 201, body: "{}" }) },
      "MalformedResponse",
      /without a temporary key/
    ],
    [
      "an address that is none",
      { variables: { ...variables, HUAWEICLOUD_SDK_IAM_ENDPOINT: "iam.example" } },
      "NoCredentials",
      /HUAWEICLOUD_SDK_IAM_ENDPOINT is not an address/
    ],
    [
      "half of it",
      { variables: { HUAWEICLOUD_SDK_IDP_ID: "x" } },
      "NoCredentials",
      /IDP_ID is set, but HUAWEICLOUD_SDK_ID_TOKEN_FILE is not/
    ],
    ["nothing", { variables: {} }, "NotConfigured", /neither HUAWEICLOUD_SDK_IDP_ID nor/]
  ]
  for (const [name, world, tag, message] of broken) {
    it.effect(`${name}: ${tag}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(get(world).current)
        assert.strictEqual(error._tag, tag)
        assert.match(error.message, message)
      })
    )
  }
})
