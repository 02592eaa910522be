import { inspect } from "node:util"
import { type Credential, Credentials, Environment } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Logger, Redacted } from "effect"

const withVariables = (variables: Record<string, unknown>) =>
  Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))

const from = (variables: Record<string, unknown>) => withVariables(variables)(Environment.fromEnvironment)

/** A credential with its secrets in clear, to compare. */
const clear = (credential: Credential) =>
  credential._tag === "Token"
    ? { token: Redacted.value(credential.token) }
    : {
        ak: credential.accessKey.ak,
        sk: Redacted.value(credential.accessKey.sk),
        security_token: credential.accessKey.security_token && Redacted.value(credential.accessKey.security_token)
      }

const official = { HUAWEICLOUD_SDK_AK: "ak-1", HUAWEICLOUD_SDK_SK: "sk-1" }
const samples = { CLOUD_SDK_AK: "ak-2", CLOUD_SDK_SK: "sk-2" }

describe("fromEnvironment", () => {
  const found: ReadonlyArray<readonly [name: string, variables: Record<string, string>, credential: object]> = [
    ["a token", { CBR_TOKEN: "t" }, { token: "t" }],
    ["a token before keys", { CBR_TOKEN: "t", ...official, ...samples }, { token: "t" }],
    ["the official SDKs' key", official, { ak: "ak-1", sk: "sk-1", security_token: undefined }],
    [
      "the official SDKs' temporary key",
      { ...official, HUAWEICLOUD_SDK_SECURITY_TOKEN: "st" },
      { ak: "ak-1", sk: "sk-1", security_token: "st" }
    ],
    [
      "the official SDKs' key before the samples'",
      { ...samples, ...official },
      { ak: "ak-1", sk: "sk-1", security_token: undefined }
    ],
    [
      "Terraform's key",
      { HW_ACCESS_KEY: "ak-3", HW_SECRET_KEY: "sk-3" },
      { ak: "ak-3", sk: "sk-3", security_token: undefined }
    ],
    [
      "Terraform's temporary key",
      { HW_ACCESS_KEY: "ak-3", HW_SECRET_KEY: "sk-3", HW_SECURITY_TOKEN: "st-3" },
      { ak: "ak-3", sk: "sk-3", security_token: "st-3" }
    ],
    ["OpenStack's token", { OS_TOKEN: "t" }, { token: "t" }],
    [
      "OpenStack's key",
      { OS_ACCESS_KEY: "ak-4", OS_SECRET_KEY: "sk-4" },
      { ak: "ak-4", sk: "sk-4", security_token: undefined }
    ],
    [
      "the samples' key before Terraform's, and that before OpenStack's",
      { OS_TOKEN: "t", HW_ACCESS_KEY: "ak-3", HW_SECRET_KEY: "sk-3", ...samples },
      { ak: "ak-2", sk: "sk-2", security_token: undefined }
    ],
    ["the samples' key", samples, { ak: "ak-2", sk: "sk-2", security_token: undefined }],
    [
      "the samples' key has no security token of another",
      { ...samples, HUAWEICLOUD_SDK_SECURITY_TOKEN: "st", CLOUD_SDK_SECURITY_TOKEN: "not of the samples" },
      { ak: "ak-2", sk: "sk-2", security_token: undefined }
    ],
    [
      "blank variables count as none",
      { CBR_TOKEN: "", HUAWEICLOUD_SDK_AK: " ", HUAWEICLOUD_SDK_SK: "\n", ...samples },
      { ak: "ak-2", sk: "sk-2", security_token: undefined }
    ],
    [
      "a blank security token counts as none",
      { ...official, HUAWEICLOUD_SDK_SECURITY_TOKEN: " " },
      { ak: "ak-1", sk: "sk-1", security_token: undefined }
    ],
    ["a line break at the end is not part of a token", { CBR_TOKEN: "t\n" }, { token: "t" }],
    [
      "nor of a key",
      { HUAWEICLOUD_SDK_AK: "ak-1\n", HUAWEICLOUD_SDK_SK: "sk-1\r\n", HUAWEICLOUD_SDK_SECURITY_TOKEN: " st " },
      { ak: "ak-1", sk: "sk-1", security_token: "st" }
    ]
  ]
  for (const [name, variables, credential] of found) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(clear(yield* from(variables)), credential)
      })
    )
  }

  const odd: ReadonlyArray<readonly [variables: Record<string, string>, message: string]> = [
    [{ CBR_TOKEN: '"canary"' }, "CBR_TOKEN stands in quotation marks: take them away"],
    [{ OS_TOKEN: "“canary”" }, "OS_TOKEN stands in quotation marks: take them away"],
    [{ ...official, HUAWEICLOUD_SDK_SK: "'canary'" }, "HUAWEICLOUD_SDK_SK stands in quotation marks: take them away"],
    [
      { HW_ACCESS_KEY: "ak\u200b", HW_SECRET_KEY: "canary" },
      "HW_ACCESS_KEY holds the invisible character U+200B: write it anew without it"
    ],
    [
      { ...official, HUAWEICLOUD_SDK_SECURITY_TOKEN: "can\u00a0ary" },
      "HUAWEICLOUD_SDK_SECURITY_TOKEN holds the invisible character U+00A0: write it anew without it"
    ],
    [
      { ...samples, CLOUD_SDK_SK: "c\0a\0n\0a\0r\0y\0" },
      "CLOUD_SDK_SK holds zero bytes, as text in UTF-16 does: save it as UTF-8"
    ],
    [
      { ...samples, CLOUD_SDK_SK: "сanary" },
      "CLOUD_SDK_SK holds a space, a line break or another character that no key or token has"
    ]
  ]
  for (const [variables, message] of odd) {
    it.effect(`a secret that cannot be one is told by its variable, and not shown: ${message}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(from(variables))
        assert.strictEqual(error._tag, "NoCredentials")
        assert.strictEqual(error.message, message)
        assert.notInclude(inspect(error, { depth: 9 }), "canary")
      })
    )
  }

  const halves: ReadonlyArray<readonly [variables: Record<string, string>, message: string]> = [
    [{ HUAWEICLOUD_SDK_AK: "ak-1" }, "HUAWEICLOUD_SDK_AK is set, but HUAWEICLOUD_SDK_SK is not"],
    [{ HUAWEICLOUD_SDK_SK: "sk-1" }, "HUAWEICLOUD_SDK_SK is set, but HUAWEICLOUD_SDK_AK is not"],
    [{ ...official, HUAWEICLOUD_SDK_SK: " " }, "HUAWEICLOUD_SDK_AK is set, but HUAWEICLOUD_SDK_SK is not"],
    [{ HUAWEICLOUD_SDK_AK: "ak-1", ...samples }, "HUAWEICLOUD_SDK_AK is set, but HUAWEICLOUD_SDK_SK is not"],
    [{ CLOUD_SDK_AK: "ak-2" }, "CLOUD_SDK_AK is set, but CLOUD_SDK_SK is not"],
    [{ CLOUD_SDK_SK: "sk-2" }, "CLOUD_SDK_SK is set, but CLOUD_SDK_AK is not"],
    [{ HUAWEICLOUD_SDK_AK: "ak-1", CLOUD_SDK_SK: "sk-2" }, "HUAWEICLOUD_SDK_AK is set, but HUAWEICLOUD_SDK_SK is not"]
  ]
  for (const [variables, message] of halves) {
    it.effect(`half a pair is named: ${Object.keys(variables).join(", ")}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(from(variables))
        assert.strictEqual(error._tag, "NoCredentials")
        assert.strictEqual(error.message, message)
      })
    )
  }

  it.effect("what others read and this does not is named where nothing is found, and its agency where a key is", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(
        withVariables({ HW_PROFILE: "p", OS_USER_ID: "u" })(Environment.source.resolve)
      )
      assert.match(message, /is set; HW_PROFILE, OS_USER_ID are set, and not read$/)
      const told: Array<unknown> = []
      const logger = Logger.make(({ message }) => void told.push(message))
      yield* from({ HW_ACCESS_KEY: "a", HW_SECRET_KEY: "s", HW_ASSUME_ROLE_AGENCY_NAME: "readers" }).pipe(
        Effect.provide(Logger.layer([logger]))
      )
      assert.match(String(told), /names readers, and is not read: the key of HW_ACCESS_KEY is used with its own rights/)
    })
  )

  it.effect("none: every variable that was looked for is named", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(from({}))
      assert.strictEqual(error._tag, "NoCredentials")
      for (const name of ["CBR_TOKEN", ...Object.keys(official), ...Object.keys(samples)]) {
        assert.include(error.message, name)
      }
    })
  )

  it.effect("secrets are redacted from the moment they are read", () =>
    Effect.gen(function* () {
      const credential = yield* from({ ...official, HUAWEICLOUD_SDK_SECURITY_TOKEN: "st-1" })
      for (const shown of [inspect(credential, { depth: 20 }), JSON.stringify(credential)]) {
        assert.notInclude(shown, "sk-1")
        assert.notInclude(shown, "st-1")
      }
    })
  )
})

describe("layer", () => {
  it.effect("reads nothing until a credential is asked for, and then once", () =>
    Effect.gen(function* () {
      const read: Array<string> = []
      const provider = ConfigProvider.make((path) =>
        Effect.sync(() => {
          read.push(path.join("."))
          return path.join(".") === "CBR_TOKEN" ? ConfigProvider.makeValue("t") : undefined
        })
      )
      yield* Effect.gen(function* () {
        const credentials = yield* Credentials
        assert.deepStrictEqual(read, [])
        const first = yield* credentials.current
        assert.strictEqual(yield* credentials.current, first)
        assert.deepStrictEqual(read, ["CBR_TOKEN"])
      }).pipe(Effect.provide([Environment.layer, ConfigProvider.layer(provider)]))
    })
  )

  it.effect("a configuration that cannot be read is NoCredentials, without its values", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const error = yield* Effect.flip(credentials.current)
      assert.strictEqual(error._tag, "NoCredentials")
      assert.notInclude(error.message, "exampleSecret")
      assert.include(error.message, "CBR_TOKEN")
    }).pipe(Effect.provide(Environment.layer), withVariables({ CBR_TOKEN: { inner: "exampleSecret" } }))
  )
})
