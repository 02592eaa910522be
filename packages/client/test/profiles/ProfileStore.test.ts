import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { ProfileFile, ProfileStore, UserDirectories } from "@cbr/client"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"

describe("saving profiles", () => {
  it.effect("makes a file for its owner alone, which reads back the same", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "new", "profiles.json")
      const profiles: ProfileFile.ProfileFile = {
        default: "work",
        profiles: { work: { region: "cn-north-4", ak: "a", sk: Redacted.make("exampleSecret") } }
      }
      for (let time = 0; time < 2; time++) yield* ProfileStore.update(file, () => Effect.succeed(profiles))
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), `"sk": "exampleSecret"`)
      const read = yield* ProfileFile.read(file)
      assert.strictEqual(Redacted.value(read!.profiles["work"]!.sk!), "exampleSecret")
    }).pipe(Effect.provide(platform))
  )

  it.effect("writes what a link points to, and leaves the link", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const [link, file] = [join(folder, "profiles.json"), join(folder, "versioned.json")]
      yield* ProfileStore.update(file, () => Effect.succeed({ profiles: {} }))
      yield* Effect.promise(() => symlink(file, link))
      yield* ProfileStore.update(link, withProfile("work"))
      assert.include(yield* Effect.promise(() => readFile(file, "utf8")), "cn-north-4")
      assert.strictEqual(yield* Effect.promise(() => readlink(link)), file)
    }).pipe(Effect.provide(platform))
  )

  it.effect("fails in a home that takes no folder, and does not try for ever", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ProfileStore.update("/proc/.config/cbr/profiles.json", withProfile("work")))
      assert.strictEqual(error._tag, "PlatformError")
    }).pipe(Effect.provide(platform))
  )

  it.live("loses none of many changes at once, the first of which makes the folder", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "new", "profiles.json")
      const names = Array.from({ length: 20 }, (_, index) => `p${index}`)
      yield* Effect.forEach(names, (name) => ProfileStore.update(file, withProfile(name)), {
        concurrency: "unbounded"
      })
      assert.sameMembers(Object.keys((yield* ProfileFile.read(file))!.profiles), names)
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(dirname(file))), ["profiles.json"])
    }).pipe(Effect.provide(platform))
  )

  it.effect("waits five seconds for another that does not come to an end", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "profiles.json")
      yield* Effect.promise(() => writeFile(ProfileStore.lockOf(file), ""))
      const saving = yield* Effect.forkChild(Effect.flip(ProfileStore.update(file, withProfile("work"))))
      while (saving.pollUnsafe() === undefined) {
        yield* Effect.promise(() => setImmediate())
        yield* TestClock.adjust("50 millis")
      }
      const error = yield* Fiber.join(saving)
      assert.strictEqual(error._tag === "PlatformError" ? error.reason._tag : error._tag, "AlreadyExists")
      assert.deepStrictEqual(yield* Effect.promise(() => readdir(dirname(file))), ["profiles.json.lock"])
    }).pipe(Effect.provide(platform))
  )

  it.effect("keeps secrets to their owner though its lock is removed by hand meanwhile", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "profiles.json")
      yield* ProfileStore.update(file, (found) =>
        Effect.andThen(
          Effect.promise(() => rm(ProfileStore.lockOf(file))),
          withProfile("work")(found)
        )
      )
      assert.strictEqual((yield* Effect.promise(() => stat(file))).mode & 0o777, 0o600)
    }).pipe(Effect.provide(platform))
  )

  it.effect("of a change that fails leaves all as it was", () =>
    Effect.gen(function* () {
      const file = join(yield* temporaryFolder, "profiles.json")
      yield* ProfileStore.update(file, withProfile("work"))
      assert.strictEqual(yield* Effect.flip(ProfileStore.update(file, () => Effect.fail("no"))), "no")
      assert.hasAllKeys((yield* ProfileFile.read(file))!.profiles, ["work"])
      yield* ProfileStore.update(file, withProfile("home"))
      assert.hasAllKeys((yield* ProfileFile.read(file))!.profiles, ["work", "home"])
    }).pipe(Effect.provide(platform))
  )
})

const withProfile = (name: string) => (found: ProfileFile.ProfileFile) =>
  Effect.succeed({ ...found, profiles: { ...found.profiles, [name]: { region: "cn-north-4" } } })

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-profile-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

const platform = Layer.merge(
  Layer.succeed(UserDirectories, { home: undefined, config: undefined, hasModes: true }),
  NodeServices.layer
)
