import { UserDirectories } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"

describe("the user's folders", () => {
  const cases: ReadonlyArray<
    readonly [platform: string, variables: Record<string, string>, home: string | undefined, config: string | undefined]
  > = [
    ["linux", { HOME: "/home/u" }, "/home/u", "/home/u/.config/cbr"],
    ["linux", { HOME: "/home/u", XDG_CONFIG_HOME: "/x" }, "/home/u", "/x/cbr"],
    ["linux", { HOME: "/home/u", XDG_CONFIG_HOME: "relative" }, "/home/u", "/home/u/.config/cbr"],
    ["freebsd", { XDG_CONFIG_HOME: "/x" }, undefined, "/x/cbr"],
    ["linux", {}, undefined, undefined],
    ["darwin", { HOME: "/Users/u", XDG_CONFIG_HOME: "/x" }, "/Users/u", "/Users/u/Library/Application Support/cbr"],
    ["win32", { USERPROFILE: "C:\\Users\\u", APPDATA: "D:\\Roaming" }, "C:\\Users\\u", "D:\\Roaming\\cbr"],
    ["win32", { USERPROFILE: "C:\\Users\\u" }, "C:\\Users\\u", "C:\\Users\\u\\AppData\\Roaming\\cbr"],
    ["win32", {}, undefined, undefined]
  ]
  for (const [platform, variables, home, config] of cases) {
    it.effect(`${platform} ${JSON.stringify(variables)}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* UserDirectories, {
          home,
          config,
          ...(platform === "win32" ? { hasModes: false } : { hasModes: true, uid: 7 })
        })
      }).pipe(
        Effect.provide(
          UserDirectories.layerConfig(platform, 7).pipe(
            Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))
          )
        )
      )
    )
  }
})
