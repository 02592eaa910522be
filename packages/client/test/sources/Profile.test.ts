import { Profile } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Script } from "../InMemoryTransport.ts"
import { currentOf, jsonOf, opened, temporary } from "./CredentialSourceTest.ts"

const path = "/home/u/.config/cbr/profiles.json"

const of = (profile: Record<string, string>, script?: Script) => {
  const world = { files: { [path]: JSON.stringify({ profiles: { p: profile } }) } }
  const { open, run, sent } = opened(Profile.source, script === undefined ? world : { ...world, script })
  return { sent, current: run(Effect.flatMap(open, currentOf)) }
}

const issued = {
  status: 201,
  headers: { "x-subject-token": "issued" },
  body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
}

describe("a profile", () => {
  const constant: ReadonlyArray<readonly [profile: Record<string, string>, credential: object]> = [
    [{ token: "t" }, { token: "t" }],
    [
      { ak: "a", sk: "s" },
      { ak: "a", sk: "s" }
    ],
    [
      { ak: "a", sk: "s", security_token: "st" },
      { ak: "a", sk: "s", security_token: "st" }
    ]
  ]
  for (const [profile, credential] of constant) {
    it.effect(`with ${Object.keys(profile).join(", ")}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* of(profile).current, credential)
      })
    )
  }

  it.effect("with a password asks its IAM for a token of its project", () =>
    Effect.gen(function* () {
      const { current, sent } = of(
        { user: "u", password: "p", domain: "d", project_name: "n", iam_endpoint: "https://iam.example" },
        () => issued
      )
      assert.deepStrictEqual(yield* current, { token: "issued" })
      assert.strictEqual(sent[0]?.request.url, "https://iam.example/v3/auth/tokens?nocatalog=true")
      assert.deepInclude(jsonOf(sent[0]!), {
        auth: {
          identity: { methods: ["password"], password: { user: { name: "u", password: "p", domain: { name: "d" } } } },
          scope: { project: { name: "n" } }
        }
      })
    })
  )

  it.effect("with an agency assumes it", () =>
    Effect.gen(function* () {
      const { current, sent } = of({ ak: "a", sk: "s", agency: "readers", agency_domain: "acme" }, (nth) => ({
        status: 201,
        body: JSON.stringify(temporary(nth))
      }))
      assert.strictEqual((yield* current).ak, "HST-0")
      assert.match(sent[0]?.request.url ?? "", /OS-CREDENTIAL\/securitytokens$/)
    })
  )

  const half: ReadonlyArray<readonly [profile: Record<string, string>, message: RegExp]> = [
    [{ ak: "a" }, /needs ak, sk together; sk is missing$/],
    [{ sk: "exampleSecret" }, /ak is missing$/],
    [{ token: "'exampleSecret'" }, /^token of profile p stands in quotation marks: take them away$/],
    [{ ak: "a", sk: "example\u200bSecret" }, /^sk of profile p holds the invisible character U\+200B/],
    [{ user: "u" }, /password and domain is missing$/],
    [{ password: "exampleSecret", domain: "d" }, /user is missing$/],
    [{ agency: "x", agency_domain: "d" }, /has no token, no key and no password to assume its agency with$/],
    [{ token: "exampleSecret", agency: "x" }, /agency_domain is missing$/],
    [
      { user: "u", password: "exampleSecret", domain: "d", iam_endpoint: "exampleSecret@x" },
      /iam_endpoint of profile p is not/
    ]
  ]
  for (const [profile, message] of half) {
    it.effect(`${Object.keys(profile).join(", ")} alone is an error: ${message.source}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(of(profile).current)
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, message)
        assert.notInclude(error.message, "exampleSecret")
      })
    )
  }

  it.effect("without a credential, and no profile at all, are not here", () =>
    Effect.gen(function* () {
      const bare = yield* Effect.flip(of({ region: "cn-north-4" }).current)
      assert.strictEqual(bare._tag, "NotConfigured")
      assert.match(bare.message, /^profile p of .* has no token, no key and no password$/)
      const none = yield* Effect.flip(opened(Profile.source, {}).open)
      assert.strictEqual(none._tag, "NotConfigured")
      assert.include(none.message, path)
    })
  )
})
