import { Endpoint, RegionOverrides } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { memoryFiles } from "./MemoryFiles.ts"

const usual = "/home/u/.huaweicloud/regions.yaml"

const world = (variables: Record<string, string>, files: Record<string, string> = {}) =>
  Layer.merge(memoryFiles(files).layer, ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))

const yaml = `# own regions
CBR:
  - id: cn-north-9
    endpoint: https://cbr.own.example
  - id: my-own-1
    endpoints:
      - https://cbr.first.example
      - https://cbr.second.example
iam:
  - id: my-own-1
    endpoint: 'https://iam.own.example'
`

describe("from the environment", () => {
  it.effect("the variable of a service and a region, its first address", () =>
    Effect.gen(function* () {
      const found = RegionOverrides.fromEnvironment("cn-north-9")
      const variables = {
        HUAWEICLOUD_SDK_REGION_CBR_CN_NORTH_9: " https://a.example , https://b.example",
        HUAWEICLOUD_SDK_REGION_IAM_CN_NORTH_9: "https://i.example",
        HUAWEICLOUD_SDK_REGION_CBR_CN_NORTH_4: "https://no.example"
      }
      assert.deepStrictEqual(yield* Effect.provide(found, world(variables)), {
        cbr: "https://a.example",
        iam: "https://i.example"
      })
      assert.deepStrictEqual(yield* Effect.provide(found, world({})), {})
    })
  )
})

describe("from the SDKs' file", () => {
  it.effect("the endpoint, or the first of several, of a service whatever its case", () =>
    Effect.gen(function* () {
      const at = world({}, { [usual]: yaml })
      assert.deepStrictEqual(yield* Effect.provide(RegionOverrides.fromFile("cn-north-9"), at), {
        cbr: "https://cbr.own.example"
      })
      assert.deepStrictEqual(yield* Effect.provide(RegionOverrides.fromFile("my-own-1"), at), {
        cbr: "https://cbr.first.example",
        iam: "https://iam.own.example"
      })
      assert.deepStrictEqual(yield* Effect.provide(RegionOverrides.fromFile("cn-north-4"), at), {})
    })
  )

  it.effect("in another place, by HUAWEICLOUD_SDK_REGIONS_FILE", () =>
    Effect.gen(function* () {
      const at = world({ HUAWEICLOUD_SDK_REGIONS_FILE: "/r.yaml" }, { "/r.yaml": yaml })
      assert.property(yield* Effect.provide(RegionOverrides.fromFile("cn-north-9"), at), "cbr")
    })
  )

  it.effect("no file and an empty one say nothing", () =>
    Effect.gen(function* () {
      for (const files of [{}, { [usual]: "" }, { [usual]: "\n" }]) {
        assert.deepStrictEqual(yield* Effect.provide(RegionOverrides.fromFile("cn-north-9"), world({}, files)), {})
      }
    })
  )

  for (const [name, at] of [
    ["named and missing", world({ HUAWEICLOUD_SDK_REGIONS_FILE: "/r.yaml" })],
    ["no YAML", world({}, { [usual]: "CBR: [" })],
    ["of another shape", world({}, { [usual]: "CBR:\n  cn-north-9: https://a.example\n" })],
    ["a text", world({}, { [usual]: "hello" })]
  ] as const) {
    it.effect(`${name} is an error that names the file`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.provide(RegionOverrides.fromFile("cn-north-9"), at))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.match(error.message, /\.yaml /)
      })
    )
  }
})

describe("Endpoint.layerFiles", () => {
  const profiles = "/home/u/.config/cbr/profiles.json"
  const profile = JSON.stringify({
    profiles: { p: { region: "eu-de", endpoint: "https://proxy.example", iam_endpoint: "https://iam.example" } }
  })
  const cases: ReadonlyArray<
    readonly [name: string, variables: Record<string, string>, files: Record<string, string>, endpoint: object]
  > = [
    [
      "the profile",
      {},
      { [profiles]: profile },
      { cbr: "https://proxy.example", iam: "https://iam.example", region: "eu-de" }
    ],
    [
      "a region of the environment, without the profile's addresses",
      { CBR_REGION: "eu-nl" },
      { [profiles]: profile },
      { cbr: "https://cbr.eu-nl.otc.t-systems.com", iam: "https://iam.eu-nl.otc.t-systems.com", region: "eu-nl" }
    ],
    [
      "an address of the environment, with the profile's region",
      { CBR_ENDPOINT: "http://127.0.0.1:1" },
      { [profiles]: profile },
      { cbr: "http://127.0.0.1:1", iam: "https://iam.example", region: "eu-de" }
    ],
    [
      "a region that only the file knows",
      { HW_REGION_NAME: "my-own-1" },
      { [usual]: yaml },
      { cbr: "https://cbr.first.example", iam: "https://iam.own.example", region: "my-own-1" }
    ],
    [
      "the environment before the file",
      { OS_REGION_NAME: "cn-north-9", HUAWEICLOUD_SDK_REGION_CBR_CN_NORTH_9: "https://v.example" },
      { [usual]: yaml },
      { cbr: "https://v.example", iam: "https://iam.cn-north-9.myhuaweicloud.com", region: "cn-north-9" }
    ]
  ]
  for (const [name, variables, files, endpoint] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          { ...(yield* Effect.provide(Endpoint, Layer.provide(Endpoint.layerFiles, world(variables, files)))) },
          endpoint
        )
      })
    )
  }
})
