import { execFile as execFileOf } from "node:child_process"
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { ProfileFile, UserDirectories } from "@cbr/client"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger, Result } from "effect"
import { type MemoryFile, memoryFiles, uid, utf16 } from "../MemoryFiles.ts"

const execFile = promisify(execFileOf)

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-profile-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

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

  it.effect("is read from text with a byte order mark, as Windows PowerShell writes it", () =>
    Effect.gen(function* () {
      const one = `{"profiles":{"one":{"region":"cn-north-4"}}}`
      for (const file of [utf16(one), new TextEncoder().encode(`\ufeff${one}`)]) {
        assert.strictEqual((yield* choose(file))?.profile.region, "cn-north-4")
      }
    })
  )

  it.effect("is none where this user may not open the file or its folder, unless one is named", () =>
    Effect.gen(function* () {
      for (const shut of ["PermissionDenied", "BadResource"] as const) {
        assert.isUndefined(yield* choose({ shut }))
        const error = yield* Effect.flip(choose({ shut }, { CBR_PROFILE: "work" }))
        assert.strictEqual(error.message, `${path} cannot be read (${shut})`)
      }
    })
  )

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
    [0o660, true]
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

describe("a file of profiles", () => {
  const cases: ReadonlyArray<
    readonly [
      name: string,
      user: number,
      file: { mode: number; uid?: number },
      refused: RegExp | undefined,
      warns: RegExp
    ]
  > = [
    [
      "that all users may change is not used",
      uid,
      { mode: 0o602 },
      /can be changed by anyone \(0602\).*chmod 600/,
      /^$/
    ],
    [
      "that is open to all users is not used",
      uid,
      { mode: 0o777 },
      /can be changed by anyone \(0777\).*chmod 600/,
      /^$/
    ],
    ["of another user is not used", uid, { mode: 0o644, uid: 1001 }, /another user \(uid 1001\).*chown/, /^$/],
    ["of root, as a mounted secret is, is used", uid, { mode: 0o440, uid: 0 }, undefined, /chmod 600/],
    [
      "of another user is used by root, with a warning",
      0,
      { mode: 0o600, uid: 1001 },
      undefined,
      /another user \(uid 1001\).*chown/
    ]
  ]
  for (const [name, user, file, refused, warns] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const warnings: Array<string> = []
        const logger = Logger.make(({ message }) => void warnings.push(String(message)))
        const files = memoryFiles({ [path]: { text: `{"profiles":{"a":{}}}`, ...file } }, user)
        const read = yield* Effect.result(Effect.provide(ProfileFile.chosen, [files.layer, Logger.layer([logger])]))
        if (refused === undefined) assert.isTrue(Result.isSuccess(read))
        else assert.match(Result.isFailure(read) ? read.failure.message : "", refused)
        assert.match(warnings.join("\n"), warns)
      })
    )
  }
})

describe("in the place of the file of profiles", () => {
  const placed = {
    "a pipe": (file: string) => execFile("mkfifo", [file]),
    "a folder": (file: string) => mkdir(file),
    "a device": (file: string) => symlink("/dev/zero", file)
  }
  for (const [name, place] of Object.entries(placed)) {
    it.effect(`${name} is an error at once`, () =>
      Effect.gen(function* () {
        const file = join(yield* temporaryFolder, "profiles.json")
        yield* Effect.promise(async () => void (await place(file)))
        const error = yield* Effect.flip(Effect.provide(ProfileFile.read(file), realFiles))
        assert.strictEqual(error.message, `${file} is not a regular file`)
      })
    )
  }
})

const realFiles = Layer.merge(
  Layer.succeed(UserDirectories, { home: undefined, config: undefined, hasModes: true }),
  NodeServices.layer
)
