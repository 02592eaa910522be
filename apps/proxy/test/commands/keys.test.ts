import { chown, readdir, readFile, stat } from "node:fs/promises"
import { dirname } from "node:path"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, PlatformError, Redacted } from "effect"
import { Command } from "effect/cli"
import { TestClock, TestConsole } from "effect/testing"
import * as ApiKey from "../../src/callers/ApiKey.ts"
import { keys } from "../../src/commands/keys.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"

const platform = Layer.mergeAll(NodeServices.layer, NodeCrypto.layerDigest, NodeCrypto.layerSecureRandom)
const run = Command.runWith(Command.make("cbr-proxy").pipe(Command.withSubcommands([keys])), { version: "0" })
const lines = Effect.map(TestConsole.logLines, (lines) => lines.map(String))

const configuredWith = Effect.fnUntraced(function* (settings: string) {
  const folder = yield* temporaryFolder
  const { "proxy.yaml": config } = yield* written(folder, {
    "proxy.yaml": `keys_file: keys.json\ncallers: { billing: { projects: "*" } }\nprojects: {}\n${settings}`
  })
  return { config, file: `${folder}/keys.json` }
})

const configured = configuredWith("credentials: {}\n")

describe("cbr-proxy keys", () => {
  it.effect("prints a new key once, and keeps its hash alone, in a file for its owner", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configured
      yield* run(["keys", "create", "--config", config, "--caller", "billing", "--expires", "2027-01-31T00:00:00Z"])
      const [line = ""] = yield* lines
      const { caller, id, key } = JSON.parse(line) as Record<string, string>
      assert.strictEqual(caller, "billing")
      const text = yield* Effect.promise(() => readFile(file, "utf8"))
      assert.notInclude(text, key!)
      assert.include(text, yield* ApiKey.hashOf(Redacted.make(key!)))
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)

      yield* run(["keys", "list", "--config", config])
      const listed = (yield* lines).at(-1) ?? ""
      assert.include(listed, `"id":"${id}"`)
      assert.include(listed, '"expires_at":"2027-01-31T00:00:00.000Z","expired":false')
      assert.notInclude(listed, key!)

      yield* run(["keys", "revoke", "--config", config, id!])
      const [said] = yield* TestConsole.errorLines
      assert.include(String(said), `${id} is out of ${file}`)
      assert.notInclude(String(said), key!)
      assert.deepStrictEqual(JSON.parse(yield* Effect.promise(() => readFile(file, "utf8"))), { keys: [] })
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("makes no key for a caller that there is none of, and forgets none that it has not", () =>
    Effect.gen(function* () {
      const { config } = yield* configured
      const misspelt = yield* Effect.flip(run(["keys", "create", "--config", config, "--caller", "biling"]))
      assert.include(String(misspelt), '"biling" is not under callers: billing')
      const unknown = yield* Effect.flip(run(["keys", "revoke", "--config", config, "k9"]))
      assert.include(String(unknown), 'no key has the id "k9"')
      const nowhere = yield* Effect.flip(run(["keys", "list"]))
      assert.include(String(nowhere), "--keys-file")
      assert.isEmpty(yield* lines)
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("makes no key that ends at a time without a zone, or that has ended already", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configured
      const create = ["keys", "create", "--config", config, "--caller", "billing", "--expires"]
      for (const text of ["2027-01-31T00:00:00", "2027-02-30T00:00:00Z", "01/02/2027", "5"]) {
        yield* Effect.flip(run([...create, text]))
      }
      yield* TestClock.setTime(Date.UTC(2027, 0, 31))
      const ended = yield* Effect.flip(run([...create, "2027-01-31T00:00:00Z"]))
      assert.include(String(ended), "--expires has passed already")
      assert.isTrue(
        yield* Effect.promise(() =>
          stat(file).then(
            () => false,
            () => true
          )
        )
      )
      yield* run([...create, "2027-01-31T08:00:01+08:00"])
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), '"expires_at": "2027-01-31T00:00:01.000Z"')
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.live("loses none of many keys that are made at once", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configured
      const create = run(["keys", "create", "--config", config, "--caller", "billing"])
      yield* Effect.all(
        Array.from({ length: 12 }, () => create),
        { concurrency: "unbounded" }
      )
      const { keys } = JSON.parse(yield* Effect.promise(() => readFile(file, "utf8"))) as {
        keys: ReadonlyArray<unknown>
      }
      assert.lengthOf(keys, 12)
      assert.notInclude(yield* Effect.promise(() => readdir(dirname(file))), "keys.json.lock")
    }).pipe(Effect.scoped, Effect.provide([platform, TestConsole.layer]))
  )

  it.effect("makes and revokes keys while the secrets that the configuration names cannot be had", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configuredWith("credentials: { c: { type: token, token_command: [/nowhere] } }\n")
      yield* run(["keys", "create", "--config", config, "--caller", "billing"])
      const { id } = JSON.parse((yield* lines)[0] ?? "") as { id: string }
      yield* run(["keys", "revoke", "--config", config, id])
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), '"keys": []')
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("revokes a key though Redis cannot be told for want of its password, and says so", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configuredWith(
        "credentials: {}\nredis: { url: redis://127.0.0.1:1, password_file: none }\n"
      )
      yield* run(["keys", "create", "--config", config, "--caller", "billing"])
      const { id } = JSON.parse((yield* lines)[0] ?? "") as { id: string }
      const error = yield* Effect.flip(run(["keys", "revoke", "--config", config, id]))
      assert.strictEqual(error._tag === "StartupError" ? error.exitCode : undefined, 1)
      assert.include(error.message, `${id} is out of ${file}, but Redis did not take the news (redis.password_file: `)
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), '"keys": []')
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("tells how to go on without a configuration that is refused", () =>
    Effect.gen(function* () {
      const { config } = yield* configuredWith("credentials: {}\nlisten: { prot: 1 }\n")
      const error = yield* Effect.flip(run(["keys", "revoke", "--config", config, "k1"]))
      assert.include(
        error.message,
        "listen.prot: unknown setting; did you mean port?\nTo go by the file of keys alone, name it with --keys-file."
      )
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("leaves a file to its owner, with its mode, whichever user changes it", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configured
      yield* run(["keys", "create", "--config", config, "--caller", "billing"])
      const given: Array<readonly [uid: number, gid: number, mode: number]> = []
      const files = yield* FileSystem.FileSystem
      const asRoot = FileSystem.make({
        ...files,
        stat: (path) =>
          Effect.map(files.stat(path), (info) =>
            path === file ? { ...info, uid: Option.some(998), gid: Option.some(997), mode: 0o100640 } : info
          ),
        chown: (_, uid, gid) => Effect.sync(() => void given.push([uid, gid, 0])),
        chmod: (_, mode) => Effect.sync(() => void given.push([0, 0, mode]))
      })
      const { id } = JSON.parse((yield* lines)[0] ?? "") as { id: string }
      yield* Effect.provideService(run(["keys", "revoke", "--config", config, id]), FileSystem.FileSystem, asRoot)
      assert.deepStrictEqual(given, [
        [998, 997, 0],
        [0, 0, 0o640]
      ])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("changes no file whose owner could not read it afterwards, and fails", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configured
      yield* run(["keys", "create", "--config", config, "--caller", "billing"])
      const before = yield* Effect.promise(() => readFile(file, "utf8"))
      const files = yield* FileSystem.FileSystem
      const asAnother = FileSystem.make({
        ...files,
        stat: (path) =>
          Effect.map(files.stat(path), (info) => (path === file ? { ...info, uid: Option.some(998) } : info)),
        chown: (path) =>
          Effect.fail(
            PlatformError.systemError({
              _tag: "PermissionDenied",
              module: "FileSystem",
              method: "chown",
              pathOrDescriptor: path
            })
          )
      })
      const { id } = JSON.parse((yield* lines)[0] ?? "") as { id: string }
      const error = yield* run(["keys", "revoke", "--config", config, id]).pipe(
        Effect.provideService(FileSystem.FileSystem, asAnother),
        Effect.flip
      )
      assert.include(error.message, "it belongs to another user, which could not read it any more")
      assert.strictEqual(yield* Effect.promise(() => readFile(file, "utf8")), before)
      assert.notInclude(yield* Effect.promise(() => readdir(dirname(file))), "keys.json.lock")
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect.skipIf(process.getuid?.() !== 0)("gives a new file that root makes to the owner of its folder", () =>
    Effect.gen(function* () {
      const { config, file } = yield* configured
      yield* Effect.promise(() => chown(dirname(file), 998, 997))
      yield* run(["keys", "create", "--config", config, "--caller", "billing"])
      const { gid, mode, uid } = yield* Effect.promise(() => stat(file))
      assert.deepStrictEqual([uid, gid, mode & 0o777], [998, 997, 0o600])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )

  it.effect("works on a file without a configuration", () =>
    Effect.gen(function* () {
      const file = `${yield* temporaryFolder}/keys.json`
      yield* run(["keys", "create", "--keys-file", file, "--caller", "a"])
      yield* run(["keys", "create", "--keys-file", file, "--caller", "b"])
      yield* run(["keys", "list", "--keys-file", file])
      const callers = (yield* lines).slice(2).map((line) => (JSON.parse(line) as { caller: string }).caller)
      assert.deepStrictEqual(callers, ["a", "b"])
    }).pipe(Effect.scoped, Effect.provide(platform))
  )
})
