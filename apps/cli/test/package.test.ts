import { cpSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, FileSystem, Layer, Option } from "effect"
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

  it.effect("the package has no dependencies", () =>
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

  it.effect("the package has the notices of all bundled packages", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const own = join(yield* Installed, "node_modules/@cbr/cli/dist")
      const notices = yield* files.readFileString(join(own, "THIRD-PARTY-NOTICES.txt"))
      for (const name of ["effect", "@effect/platform-node", "yaml", "leven"]) {
        assert.match(notices, new RegExp(`^${name} [\\d.]+, (?:MIT|ISC)$`, "m"))
      }
      assert.notInclude(notices, "undefined")
    })
  )

  it.effect("the package answers --version", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* cbr(["--version"]), { exitCode: 0, out: `${manifest.version}\n`, err: "" })
    })
  )

  const compiled = Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const folder = join(yield* Installed, ".cache/cbr/compiled")
    const found = (yield* files.exists(folder)) ? yield* files.readDirectory(folder) : []
    return yield* Effect.forEach(found.toSorted(), (name) =>
      Effect.map(files.stat(join(folder, name)), ({ ino, mode }) => ({
        use: name.replace(/-v[^-]+-[^-]+-[^-]+/, ""),
        path: join(folder, name),
        mode: mode & 0o777,
        ino: Option.getOrUndefined(ino)
      }))
    )
  })
  const status = ["-o", "value", "--query", "backup.status"]

  it.effect("the package keeps the compiled code of a command, and runs it from then on", () =>
    Effect.gen(function* () {
      const { backups, faults } = yield* Simulator
      const env = yield* withAccessKey
      assert.strictEqual((yield* cbr(["show", faults.not_found, ...status], env)).exitCode, 5)
      const failed = yield* compiled
      assert.strictEqual((yield* cbr(["show", faults.not_found, ...status], env)).exitCode, 5)
      assert.deepStrictEqual(yield* compiled, failed)
      const answer = { exitCode: 0, out: "available\n", err: "" }
      assert.deepStrictEqual(yield* cbr(["show", backups.example, ...status], env), answer)
      const kept = yield* compiled
      assert.deepStrictEqual(
        kept.map(({ mode, use }) => [use, mode]),
        [
          ["show", 0o600],
          ["show-failed", 0o600]
        ]
      )
      assert.deepStrictEqual(yield* cbr(["show", backups.example, ...status], env), answer)
      // What the engine had refused would have been written anew.
      assert.strictEqual((yield* cbr(["show", faults.not_found, ...status], env)).exitCode, 5)
      assert.deepStrictEqual(yield* compiled, kept)
      // The first run of another command runs that code too: a failed one would else leave its own.
      assert.strictEqual((yield* cbr(["tree", faults.not_found], env)).exitCode, 5)
      assert.deepStrictEqual(yield* compiled, kept)
    })
  )

  it.effect("the package keeps the compiled code of a batch, though that sets flags of the engine", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = yield* withAccessKey
      const two = ["tree", backups.example, backups.available]
      assert.strictEqual((yield* cbr(two, env)).exitCode, 0)
      const kept = yield* compiled
      assert.include(
        kept.map(({ use }) => use),
        "tree"
      )
      assert.strictEqual((yield* cbr(two, env)).exitCode, 0)
      assert.deepStrictEqual(yield* compiled, kept)
    })
  )

  /** What is kept compiled for `show`, and a run of it. */
  const keptForShow = Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const { backups } = yield* Simulator
    const env = yield* withAccessKey
    const [kept] = (yield* compiled).filter(({ use }) => use === "show")
    assert.isDefined(kept)
    return { files, kept, show: cbr(["show", backups.example, ...status], env) }
  })

  it.effect("the package does not run changed compiled code, and replaces it", () =>
    Effect.gen(function* () {
      const { files, kept, show } = yield* keptForShow
      const bytes = yield* files.readFile(kept.path)
      const damaged = bytes.slice()
      damaged.fill(0, damaged.length >> 1, (damaged.length >> 1) + 4096)
      for (const content of [damaged, bytes.subarray(0, bytes.length - 5000), new Uint8Array()]) {
        yield* files.writeFile(kept.path, content)
        assert.deepStrictEqual(yield* show, { exitCode: 0, out: "available\n", err: "" })
        assert.isAbove(Number((yield* files.stat(kept.path)).size), bytes.length / 2)
        assert.notDeepEqual(yield* files.readFile(kept.path), content)
      }
    })
  )

  it.effect("the package does not wait for a writer of a pipe in the place of compiled code", () =>
    Effect.gen(function* () {
      const { files, kept, show } = yield* keptForShow
      yield* files.remove(kept.path)
      yield* finished("mkfifo", [kept.path])
      assert.deepStrictEqual(yield* show, { exitCode: 0, out: "available\n", err: "" })
      assert.strictEqual((yield* files.stat(kept.path)).type, "File")
    })
  )

  it.effect("deletes compiled code of over a month ago", () =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const { backups } = yield* Simulator
      const folder = join(yield* Installed, ".cache/cbr/compiled")
      const days = (count: number) => Date.now() / 1000 - count * 24 * 60 * 60
      for (const [name, age] of [
        ["show-of-last-week", 7],
        ["show-of-last-year", 365]
      ] as const) {
        yield* files.writeFileString(join(folder, name), "")
        yield* files.utimes(join(folder, name), days(age), days(age))
      }
      assert.strictEqual((yield* cbr(["drift", backups.example], yield* withAccessKey)).exitCode, 0)
      const left = yield* files.readDirectory(folder)
      assert.include(left, "show-of-last-week")
      assert.notInclude(left, "show-of-last-year")
    })
  )

  it.effect("the package runs without compiled code if no file can be written", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const env = { ...(yield* withAccessKey), HOME: "/dev/null" }
      assert.deepStrictEqual(yield* cbr(["show", backups.example, ...status], env), {
        exitCode: 0,
        out: "available\n",
        err: ""
      })
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

  it.effect("the package names the required version on an old Node", () =>
    Effect.gen(function* () {
      const target = yield* Installed
      const files = yield* FileSystem.FileSystem
      const old = join(target, "old.cjs")
      yield* files.writeFileString(old, `Object.defineProperty(process.versions, "node", { value: "20.20.2" })`)
      assert.deepStrictEqual(
        yield* finished(process.execPath, ["--require", old, join(target, "node_modules/.bin/cbr"), "--version"]),
        {
          exitCode: 3,
          out: "",
          err: "cbr: needs Node 22.19 or later; this is Node 20.20.2; install a newer Node, or the Debian package, which has its own\n"
        }
      )
    })
  )
})
