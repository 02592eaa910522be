import { mkdtemp, readFile, readlink, rm, stat, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ProfileFile } from "@cbr/client"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, Redacted } from "effect"
import { type MemoryFile, memoryFiles } from "../MemoryFiles.ts"

const path = "/home/u/.config/cbr/profiles.json"

const choose = (file: MemoryFile | undefined, variables: Record<string, string> = {}) =>
  Effect.provide(
    ProfileFile.chosen,
    Layer.merge(
      memoryFiles(file === undefined ? {} : { [path]: file }).layer,
      ConfigProvider.layer(ConfigProvider.fromUnknown(variables))
    )
  )

const two = JSON.stringify({ profiles: { work: { region: "cn-north-4" }, home: { region: "eu-de" } } })

describe("the profile that is chosen", () => {
  const chosen: ReadonlyArray<
    readonly [name: string, file: string | undefined, variables: Record<string, string>, profile: string | undefined]
  > = [
    ["by CBR_PROFILE", two, { CBR_PROFILE: "home" }, "home"],
    ["by CBR_PROFILE before the file", two.replace("{", `{"default":"work",`), { CBR_PROFILE: "home" }, "home"],
    ["by the file", two.replace("{", `{"default":"work",`), {}, "work"],
    ["by its name, default", two.replaceAll("home", "default"), {}, "default"],
    ["because it is the only one", `{"profiles":{"one":{}}}`, {}, "one"],
    ["none of several", two, {}, undefined],
    ["none of none", `{"profiles":{}}`, {}, undefined],
    ["none without a file", undefined, {}, undefined]
  ]
  for (const [name, file, variables, profile] of chosen) {
    it.effect(`is ${name}`, () =>
      Effect.gen(function* () {
        const found = yield* choose(file, variables)
        assert.strictEqual(found?.name, profile)
        if (profile !== undefined) assert.strictEqual(found?.file, path)
      })
    )
  }

  const faults: ReadonlyArray<
    readonly [name: string, file: string | undefined, variables: Record<string, string>, message: RegExp]
  > = [
    ["named but not there", two, { CBR_PROFILE: "worl" }, /has no profile "worl"; it has work, home$/],
    ["a name that every object inherits", two, { CBR_PROFILE: "constructor" }, /has no profile "constructor"/],
    ["a default that is not there", two.replace("{", `{"default":"x",`), {}, /has no profile "x"/],
    ["named without a file", undefined, { CBR_PROFILE: "x" }, /names "x", but there is no \/home\/u/],
    ["no JSON", `{"profiles":{"a":{"sk":"exampleSecret"`, {}, /profiles\.json is not JSON$/],
    ["an unknown field", `{"profiles":{"a":{"secret_key":"exampleSecret"}}}`, {}, /not as expected.*secret_key/],
    ["a field of another type", `{"profiles":{"a":{"sk":["exampleSecret"]}}}`, {}, /not as expected.*sk/]
  ]
  for (const [name, file, variables, message] of faults) {
    it.effect(`${name}: an error that shows no secret`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(choose(file, variables))
        assert.strictEqual(error._tag, "NoCredentials")
        assert.match(error.message, message)
        assert.notInclude(error.message, "exampleSecret")
      })
    )
  }

  for (const [mode, warns] of [
    [0o600, false],
    [0o400, false],
    [0o640, true],
    [0o604, true],
    [0o666, true]
  ] as const) {
    it.effect(`a file of mode ${mode.toString(8)} is read ${warns ? "with a warning" : "in silence"}`, () =>
      Effect.gen(function* () {
        const warnings: Array<unknown> = []
        const logger = Logger.make((entry) => void warnings.push(entry.logLevel, entry.message))
        const found = yield* Effect.provide(choose({ text: `{"profiles":{"a":{}}}`, mode }), Logger.layer([logger]))
        assert.strictEqual(found?.name, "a")
        assert.strictEqual(warnings.length, warns ? 2 : 0)
        if (warns) assert.match(String(warnings[1]), new RegExp(`\\(0${mode.toString(8)}\\): chmod 600`))
      })
    )
  }
})

describe("write", () => {
  it.effect("makes a file for its owner alone, which reads back the same", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-profile-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true }))
      )
      const file = join(folder, "new", "profiles.json")
      const profiles: ProfileFile.ProfileFile = {
        default: "work",
        profiles: { work: { region: "cn-north-4", ak: "a", sk: Redacted.make("exampleSecret") } }
      }
      for (let time = 0; time < 2; time++) yield* ProfileFile.write(file, profiles)
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), `"sk": "exampleSecret"`)
      const read = yield* Effect.provide(ProfileFile.read(file), memoryFolders)
      assert.strictEqual(Redacted.value(read!.profiles["work"]!.sk!), "exampleSecret")
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("writes what a link points to, and leaves the link", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-profile-"))),
        (path) => Effect.promise(() => rm(path, { recursive: true }))
      )
      const [link, file] = [join(folder, "profiles.json"), join(folder, "versioned.json")]
      yield* ProfileFile.write(file, { profiles: {} })
      yield* Effect.promise(() => symlink(file, link))
      yield* ProfileFile.write(link, { profiles: { work: { region: "cn-north-4" } } })
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), "cn-north-4")
      assert.strictEqual(yield* Effect.promise(() => readlink(link)), file)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("fails in a home that takes no folder, and does not try for ever", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ProfileFile.write("/proc/.config/cbr/profiles.json", { profiles: {} }))
      assert.strictEqual(error._tag, "PlatformError")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

const memoryFolders = Layer.merge(memoryFiles().layer, NodeServices.layer)
