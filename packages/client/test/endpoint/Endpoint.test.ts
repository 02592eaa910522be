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
        const { sts: _, ...found } = yield* Endpoint.make(options)
        assert.deepStrictEqual(found, { cbr, iam, region: options.region })
      })
    )
  }

  it.effect("a project that is named is kept, and one that is of another region is refused", () =>
    Effect.gen(function* () {
      const region = "cn-north-4"
      for (const project of [{ name: region }, { name: "cn-north-4_sub" }, { name: "other" }, { id: "cn-south-1" }]) {
        assert.deepStrictEqual((yield* Endpoint.make({ region, project })).project, project)
      }
      for (const name of ["cn-south-1", "cn-south-1_sub"]) {
        const error = yield* Effect.flip(Endpoint.make({ region, project: { name } }))
        assert.match(error.message, new RegExp(`^the project ${name} is of another region than cn-north-4`))
      }
    })
  )

  const noScheme = "it begins with neither https:// nor http://"
  const addresses: ReadonlyArray<readonly [address: string, fault: string]> = [
    ["", "it is no URL"],
    ["cbr.cn-north-4.myhuaweicloud.com", "it is no URL"],
    ["https://", "it is no URL"],
    ["https://a.example:99999", "it is no URL"],
    ["cbr.example:443", noScheme],
    ["ftp://cbr.example", noScheme],
    ["file:///etc/passwd", noScheme],
    ["javascript:alert(1)", noScheme],
    ["https://a.example/v3", "it has a path"],
    ["https://a.example/?x=1", "it has a query or a fragment"],
    ["https://a.example/#x", "it has a query or a fragment"],
    ["https://exampleUser@a.example", "it holds a user name or a password"],
    ["https://exampleUser:examplePassword@a.example/v3", "it holds a user name or a password"]
  ]
  for (const [address, fault] of addresses) {
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
            `the ${name} must be an address such as https://cbr.cn-north-4.myhuaweicloud.com, but ${fault}`
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

  it.effect("a region that is not known is an error that names the nearest", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Endpoint.make({ region: "cn-noth-4" }))
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.match(error.message, /^cn-noth-4 is not a region .*; did you mean cn-north-4 or /)
      const form = yield* Effect.flip(Endpoint.make({ region: "CN-NORTH-4" }))
      assert.match(form.message, /^"CN-NORTH-4" is not a region id such as cn-north-4; did you mean cn-north-4 or /)
      const far = yield* Effect.flip(Endpoint.make({ region: "us-gov-iowa-77" }))
      assert.notInclude(far.message, "did you mean")
    })
  )

  it.effect("unless its address is given, or overridden", () =>
    Effect.gen(function* () {
      const region = "cn-north-77"
      const cbr = "https://a.example"
      assert.deepStrictEqual(yield* Endpoint.make({ region, endpoint: cbr }), { cbr, iam: undefined, region })
      assert.deepStrictEqual(yield* Endpoint.make({ region, overrides: { cbr, iam: "https://b.example" } }), {
        cbr,
        iam: "https://b.example",
        region
      })
    })
  )

  it.effect("an address comes before an override", () =>
    Effect.gen(function* () {
      const made = yield* Endpoint.make({
        region: "cn-north-4",
        endpoint: "https://a.example",
        overrides: { cbr: "https://b.example" }
      })
      assert.strictEqual(made.cbr, "https://a.example")
    })
  )

  it.effect("an algorithm that is not supported is refused by name; the derived one needs a region", () =>
    Effect.gen(function* () {
      const made = yield* Endpoint.make({ region: "cn-north-4", signing: "V11-HMAC-SHA256" })
      assert.strictEqual(made.signing, "V11-HMAC-SHA256")
      const refused = [
        [{ region: "cn-north-4", signing: "SDK-HMAC-SM3" }, /^"SDK-HMAC-SM3" is not supported/],
        [{ endpoint: "https://a.example", signing: "V11-HMAC-SHA256" }, /needs a region/]
      ] as const
      for (const [options, message] of refused) {
        const error = yield* Effect.flip(Endpoint.make(options))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.match(error.message, message)
      }
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

  it.effect("reads the SDKs', Terraform's and OpenStack's variables where its own are not set", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* from({
          HW_REGION_NAME: "cn-north-9",
          OS_REGION_NAME: "eu-de",
          HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://iam.example",
          HUAWEICLOUD_SDK_REGION_CBR_CN_NORTH_9: "https://cbr.example,https://other.example",
          CBR_SIGNING: "V11-HMAC-SHA256"
        }),
        { cbr: "https://cbr.example", iam: "https://iam.example", region: "cn-north-9", signing: "V11-HMAC-SHA256" }
      )
      assert.strictEqual((yield* from({ OS_REGION_NAME: "eu-de" })).region, "eu-de")
      assert.strictEqual((yield* from({ CBR_REGION: "eu-nl", HW_REGION_NAME: "eu-de" })).region, "eu-nl")
    })
  )

  it.effect("a blank variable counts as none, and blanks around a value as nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* from({ CBR_ENDPOINT: "", CBR_IAM_ENDPOINT: " ", CBR_REGION: " cn-north-4\n" }), {
        cbr: "https://cbr.cn-north-4.myhuaweicloud.com",
        iam: "https://iam.cn-north-4.myhuaweicloud.com",
        region: "cn-north-4",
        sts: "https://sts.cn-north-4.myhuaweicloud.com"
      })
      const error = yield* Effect.flip(from({ CBR_ENDPOINT: "", CBR_REGION: "" }))
      assert.strictEqual(error._tag, "NoCredentials")
    })
  )
})
