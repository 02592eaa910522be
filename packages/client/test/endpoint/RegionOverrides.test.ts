import { RegionOverrides } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { memoryFiles } from "../MemoryFiles.ts"

const world = (variables: Record<string, string>, files: Record<string, string> = {}) =>
  Layer.merge(memoryFiles(files).layer, ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))

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
