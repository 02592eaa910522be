import { EnvironmentPassword } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { currentOf, jsonOf, opened, type World } from "./CredentialSourceTest.ts"

const user = { OS_USERNAME: "example-user", OS_PASSWORD: "examplePassword", OS_USER_DOMAIN_NAME: "example-domain" }

const issued = {
  status: 201,
  headers: { "x-subject-token": "t" },
  body: `{"token":{"expires_at":"1970-01-02T00:00:00Z"}}`
}

const asked = (world: World) => {
  const { open, run, sent } = opened(EnvironmentPassword.source, { script: () => issued, ...world })
  return { sent, current: run(Effect.flatMap(open, currentOf)) }
}

describe("a password in OpenStack's variables", () => {
  const cases: ReadonlyArray<readonly [name: string, extra: Record<string, string>, url: string, project: object]> = [
    ["the region's project", {}, "https://iam.cn-north-4.myhuaweicloud.com", { name: "cn-north-4" }],
    ["a project by id", { OS_PROJECT_ID: "p" }, "https://iam.cn-north-4.myhuaweicloud.com", { id: "p" }],
    ["a tenant by id", { OS_TENANT_ID: "p" }, "https://iam.cn-north-4.myhuaweicloud.com", { id: "p" }],
    ["a tenant by name", { OS_TENANT_NAME: "n" }, "https://iam.cn-north-4.myhuaweicloud.com", { name: "n" }],
    [
      "Terraform's project, at its IAM",
      {
        HW_PROJECT_NAME: "n",
        OS_PROJECT_ID: "p",
        HW_AUTH_URL: "https://iam.example/v3",
        OS_AUTH_URL: "https://no.example"
      },
      "https://iam.example",
      { name: "n" }
    ],
    [
      "a project by name in another domain, at OS_AUTH_URL",
      {
        OS_PROJECT_NAME: "eu-de",
        OS_PROJECT_DOMAIN_NAME: "other",
        OS_AUTH_URL: "https://iam.eu-de.otc.t-systems.com/v3"
      },
      "https://iam.eu-de.otc.t-systems.com",
      { name: "eu-de", domain: { name: "other" } }
    ]
  ]
  for (const [name, extra, url, project] of cases) {
    it.effect(`asks for ${name}`, () =>
      Effect.gen(function* () {
        const { current, sent } = asked({ variables: { ...user, ...extra } })
        assert.deepStrictEqual(yield* current, { token: "t" })
        assert.strictEqual(sent[0]?.request.url, `${url}/v3/auth/tokens?nocatalog=true`)
        assert.deepStrictEqual(jsonOf(sent[0]!), {
          auth: {
            identity: {
              methods: ["password"],
              password: {
                user: { name: "example-user", password: "examplePassword", domain: { name: "example-domain" } }
              }
            },
            scope: { project }
          }
        })
      })
    )
  }

  it.effect("is read from Terraform's variables as well, which go first and are not mixed with these", () =>
    Effect.gen(function* () {
      const terraform = { HW_USER_NAME: "tf-user", HW_USER_PASSWORD: "tf-password", HW_DOMAIN_NAME: "tf-domain" }
      const { current, sent } = asked({ variables: { ...user, ...terraform } })
      yield* current
      assert.deepInclude(jsonOf(sent[0]!), {
        auth: {
          identity: {
            methods: ["password"],
            password: { user: { name: "tf-user", password: "tf-password", domain: { name: "tf-domain" } } }
          },
          scope: { project: { name: "cn-north-4" } }
        }
      })
      const { HW_USER_PASSWORD: _, ...half } = terraform
      const error = yield* Effect.flip(asked({ variables: { ...user, ...half } }).current)
      assert.match(error.message, /needs HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME; HW_USER_PASSWORD is not/)
    })
  )

  it.effect("takes the user's domain by its id as well", () =>
    Effect.gen(function* () {
      const { OS_USER_DOMAIN_NAME: _, ...rest } = user
      for (const name of ["OS_USER_DOMAIN_ID", "OS_DOMAIN_ID"]) {
        const { current, sent } = asked({ variables: { ...rest, [name]: "d" } })
        yield* current
        assert.include(JSON.stringify(jsonOf(sent[0]!)), '"domain":{"id":"d"}')
      }
    })
  )

  it.effect("may hold what is seen, quotation marks and blanks too, and nothing that is not", () =>
    Effect.gen(function* () {
      for (const OS_PASSWORD of ['"a b"', "pä€ss", "1%2@3:4/5#6"]) {
        const { current, sent } = asked({ variables: { ...user, OS_PASSWORD } })
        yield* current
        assert.include(JSON.stringify(jsonOf(sent[0]!)), JSON.stringify(OS_PASSWORD))
      }
      const error = yield* Effect.flip(asked({ variables: { ...user, OS_PASSWORD: "can\u200bary" } }).current)
      assert.strictEqual(error.message, "OS_PASSWORD holds the invisible character U+200B: write it anew without it")
    })
  )

  it.effect("takes OS_DOMAIN_NAME for the user's domain", () =>
    Effect.gen(function* () {
      const { OS_USER_DOMAIN_NAME, ...rest } = user
      const { current } = asked({ variables: { ...rest, OS_DOMAIN_NAME: OS_USER_DOMAIN_NAME } })
      assert.deepStrictEqual(yield* current, { token: "t" })
    })
  )

  for (const missing of ["OS_USERNAME", "OS_PASSWORD", "OS_USER_DOMAIN_NAME"] as const) {
    it.effect(`without ${missing} it says so, and does not show the rest`, () =>
      Effect.gen(function* () {
        const { [missing]: _, ...rest } = user
        const error = yield* Effect.flip(asked({ variables: rest }).current)
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, new RegExp(`${missing} is not set$`))
        assert.notInclude(error.message, "examplePassword")
      })
    )
  }

  it.effect("an OS_AUTH_URL that is no address is not repeated", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asked({ variables: { ...user, OS_AUTH_URL: "secret@nowhere" } }).current)
      assert.match(error.message, /^OS_AUTH_URL is not an address/)
      assert.notInclude(error.message, "secret")
    })
  )

  it.effect("is not here without a name and a password", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(asked({}).current))._tag, "NotConfigured")
    })
  )
})
