import { RegionsFile } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type MemoryFile, utf16 } from "../MemoryFiles.ts"
import { usual, world, yaml } from "../OwnRegions.ts"

describe("from the SDKs' file", () => {
  it.effect("the endpoint, or the first of several, of a service whatever its case", () =>
    Effect.gen(function* () {
      const at = world({}, { [usual]: yaml })
      assert.deepStrictEqual(yield* Effect.provide(RegionsFile.read("cn-north-9"), at), {
        cbr: "https://cbr.own.example"
      })
      assert.deepStrictEqual(yield* Effect.provide(RegionsFile.read("my-own-1"), at), {
        cbr: "https://cbr.first.example",
        iam: "https://iam.own.example"
      })
      assert.deepStrictEqual(yield* Effect.provide(RegionsFile.read("cn-north-4"), at), {})
    })
  )

  it.effect("in another place, by HUAWEICLOUD_SDK_REGIONS_FILE", () =>
    Effect.gen(function* () {
      const at = world({ HUAWEICLOUD_SDK_REGIONS_FILE: "/r.yaml" }, { "/r.yaml": yaml })
      assert.property(yield* Effect.provide(RegionsFile.read("cn-north-9"), at), "cbr")
    })
  )

  it.effect("no file and an empty one say nothing", () =>
    Effect.gen(function* () {
      for (const files of [{}, { [usual]: "" }, { [usual]: "\n" }]) {
        assert.deepStrictEqual(yield* Effect.provide(RegionsFile.read("cn-north-9"), world({}, files)), {})
      }
    })
  )

  it.effect("a file that may not be opened says nothing, and one of Windows PowerShell what it says", () =>
    Effect.gen(function* () {
      const of = (file: MemoryFile) => Effect.provide(RegionsFile.read("cn-north-9"), world({}, { [usual]: file }))
      assert.deepStrictEqual(yield* of({ shut: "PermissionDenied" }), {})
      assert.deepStrictEqual(yield* of(utf16(yaml)), { cbr: "https://cbr.own.example" })
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
        const error = yield* Effect.flip(Effect.provide(RegionsFile.read("cn-north-9"), at))
        assert.strictEqual(error._tag, "InvalidRequest")
        assert.match(error.message, /\.yaml /)
      })
    )
  }
})
