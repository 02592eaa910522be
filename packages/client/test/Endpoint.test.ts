import { Endpoint, type EndpointOptions } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"

describe("Endpoint.make", () => {
  const good: ReadonlyArray<readonly [options: EndpointOptions, cbr: string, iam: string | undefined]> = [
    [{ region: "cn-north-4" }, "https://cbr.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com"],
    [{ region: "eu-de" }, "https://cbr.eu-de.otc.t-systems.com", "https://iam.eu-de.otc.t-systems.com"],
    [{ endpoint: "http://127.0.0.1:8080" }, "http://127.0.0.1:8080", undefined],
    [{ endpoint: "http://[::1]:8080/" }, "http://[::1]:8080", undefined],
    [{ endpoint: "https://CBR.example:443" }, "https://cbr.example", undefined],
    [{ endpoint: "https://a.example", iamEndpoint: "https://b.example" }, "https://a.example", "https://b.example"],
    [
      { region: "cn-north-4", endpoint: "https://a.example" },
      "https://a.example",
      "https://iam.cn-north-4.myhuaweicloud.com"
    ],
    [
      { region: "cn-north-4", iamEndpoint: "https://b.example" },
      "https://cbr.cn-north-4.myhuaweicloud.com",
      "https://b.example"
    ]
  ]
  for (const [options, cbr, iam] of good) {
    it.effect(JSON.stringify(options), () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* Endpoint.make(options), { cbr, iam, region: options.region })
      })
    )
  }

  const addresses = [
    "",
    "cbr.cn-north-4.myhuaweicloud.com",
    "ftp://cbr.example",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
    "https://a.example/v3",
    "https://a.example/?x=1",
    "https://a.example/#x",
    "https://a.example:99999",
    "https://exampleUser@a.example",
    "https://exampleUser:examplePassword@a.example"
  ]
  for (const address of addresses) {
    it.effect(`"${address}" is no address, and is not repeated: it may hold a password`, () =>
      Effect.gen(function* () {
        for (const [name, options] of [
          ["endpoint", { endpoint: address }],
          ["IAM endpoint", { region: "cn-north-4", iamEndpoint: address }]
        ] as const) {
          const error = yield* Effect.flip(Endpoint.make(options))
          assert.strictEqual(error._tag, "InvalidRequest")
          assert.strictEqual(
            error.message,
            `the ${name} must be an address such as https://cbr.cn-north-4.myhuaweicloud.com`
          )
        }
      })
    )
  }

  it.effect("a region that cannot be one is named, on one line", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Endpoint.make({ region: "cn-north-4.evil.example/\n" }))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, `"cn-north-4.evil.example/\\n" is not a region id such as cn-north-4`)
    })
  )

  it.effect("with neither region nor address it fails with what to set", () =>
    Effect.gen(function* () {
      for (const options of [{}, { iamEndpoint: "https://b.example" }]) {
        const error = yield* Effect.flip(Endpoint.make(options))
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, /CBR_REGION.*CBR_ENDPOINT/)
      }
    })
  )
})

describe("Endpoint.layerConfig", () => {
  const from = (variables: Record<string, string>) =>
    Effect.provide(
      Endpoint,
      Layer.provide(Endpoint.layerConfig, ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))
    )

  it.effect("reads CBR_ENDPOINT, CBR_IAM_ENDPOINT and CBR_REGION", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* from({ CBR_ENDPOINT: "http://a.example", CBR_IAM_ENDPOINT: "http://b.example", CBR_REGION: "eu-nl" }),
        { cbr: "http://a.example", iam: "http://b.example", region: "eu-nl" }
      )
    })
  )

  it.effect("a blank variable counts as none, and blanks around a value as nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* from({ CBR_ENDPOINT: "", CBR_IAM_ENDPOINT: " ", CBR_REGION: " cn-north-4\n" }), {
        cbr: "https://cbr.cn-north-4.myhuaweicloud.com",
        iam: "https://iam.cn-north-4.myhuaweicloud.com",
        region: "cn-north-4"
      })
      const error = yield* Effect.flip(from({ CBR_ENDPOINT: "", CBR_REGION: "" }))
      assert.strictEqual(error._tag, "NoCredentials")
    })
  )
})
