import { cpSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, FileSystem, Layer } from "effect"
import { rolldown } from "rolldown"
import manifest from "../package.json" with { type: "json" }
import config from "../rolldown.config.ts"
import { finished } from "./CliProcess.ts"
import { withAccessKey } from "./CommandLine.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The folder in which `npm install` put the package's tarball, and nothing else. */
class Installed extends Context.Service<Installed, string>()("@cbr/cli/test/Installed") {
  static readonly layer = Layer.effect(
    Installed,
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const source = yield* files.makeTempDirectoryScoped()
      const target = yield* files.makeTempDirectoryScoped()
      for (const { output, ...input } of config) {
        yield* Effect.promise(async () => {
          const build = await rolldown({ ...input, cwd: root })
          await build.write({ ...output, dir: join(source, "dist"), cleanDir: false })
          await build.close()
        })
      }
      for (const name of ["package.json", "man"]) cpSync(join(root, name), join(source, name), { recursive: true })
      const npm = Effect.fnUntraced(function* (...words: ReadonlyArray<string>) {
        const { err, exitCode, out } = yield* finished("npm", words, { env: { HOME: target } })
        assert.strictEqual(exitCode, 0, err)
        return out
      })
      const [packed] = JSON.parse(yield* npm("pack", source, "--pack-destination", target, "--json", "--silent"))
      yield* npm("install", "--offline", "--no-audit", "--prefix", target, join(target, packed.filename))
      return target
    })
  )
}

layer(Layer.provideMerge(Layer.merge(simulatorLayer(), Installed.layer), NodeServices.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("the package from its tarball", (it) => {
  const cbr = (words: ReadonlyArray<string>, env: Record<string, string> = {}) =>
    Effect.flatMap(Installed, (target) =>
      finished(join(target, "node_modules/.bin/cbr"), words, { env: { HOME: target, ...env } })
    )

  it.effect("brings nothing with it", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const target = yield* Installed
      const all = yield* files.readDirectory(join(target, "node_modules"), { recursive: true })
      assert.deepStrictEqual(
        all.filter((path) => path.endsWith("package.json")),
        ["@cbr/cli/package.json"]
      )
    })
  )

  it.effect("has the notices of all that is in it", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const own = join(yield* Installed, "node_modules/@cbr/cli/dist")
      const notices = yield* files.readFileString(join(own, "THIRD-PARTY-NOTICES.txt"))
      const bundle = yield* files.readFileString(join(own, "cbr.cjs"))
      assert.include(bundle, "JMESPath")
      assert.match(notices, /^@jmespath-community\/jmespath [\d.]+, MPL-2\.0\nSource: \S+\n\nMozilla Public License/m)
      for (const name of ["effect", "@effect/platform-node", "yaml", "leven"]) {
        assert.match(notices, new RegExp(`^${name} [\\d.]+, (?:MIT|ISC)$`, "m"))
      }
      assert.notInclude(notices, "undefined")
    })
  )

  it.effect("answers --version", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* cbr(["--version"]), { exitCode: 0, out: `${manifest.version}\n`, err: "" })
    })
  )

  it.effect("shows a backup, before the compile cache is there and after", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = yield* withAccessKey
      const first = yield* cbr(["show", backups.example, "-o", "value", "--query", "backup.status"], env)
      assert.deepStrictEqual(first, { exitCode: 0, out: "available\n", err: "" })
      const files = yield* FileSystem.FileSystem
      assert.isNotEmpty(yield* files.readDirectory(join(yield* Installed, ".cache/cbr/compiled")))
      assert.deepStrictEqual(
        yield* cbr(["show", backups.example, "-o", "value", "--query", "backup.status"], env),
        first
      )
    })
  )

  it.effect("describes every command", () =>
    Effect.gen(function* () {
      const { err, exitCode, out } = yield* cbr(["--help"])
      assert.strictEqual(err, "")
      assert.strictEqual(exitCode, 0)
      assert.include(out, "show")
    })
  )

  it.effect("says on an old Node what it needs", () =>
    Effect.gen(function* () {
      const target = yield* Installed
      const files = yield* FileSystem.FileSystem
      const old = join(target, "old.cjs")
      yield* files.writeFileString(old, `Object.defineProperty(process.versions, "node", { value: "20.20.2" })`)
      assert.deepStrictEqual(
        yield* finished(process.execPath, ["--require", old, join(target, "node_modules/.bin/cbr"), "--version"]),
        { exitCode: 3, out: "", err: "cbr: needs Node 22.19 or later; this is Node 20.20.2\n" }
      )
    })
  )
})
