import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs"
import { type AddressInfo, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { timeFor } from "../../src/calls/ResourceNameCache.ts"
import { commandLine, withAccessKey } from "../CommandLine.ts"

const line = ["completion", "names", "--", "show", "--resource"]

const withCache = Effect.map(withAccessKey, (env) => {
  const cache = mkdtempSync(join(tmpdir(), "cbr-cache-"))
  const folder = join(cache, "cbr", "names")
  return {
    env: { ...env, XDG_CACHE_HOME: cache },
    fileOf: () => join(folder, readdirSync(folder)[0] ?? ""),
    folder
  }
})

const callsOf = Effect.map(
  Effect.flatMap(Simulator, ({ requests }) => requests),
  (all) => all.length
)

/** The first look of a test may take longer than a user waits. */
const warm = (env: Readonly<Record<string, string>>) => commandLine(["list", "--latest", "-o", "value"], { env })

describe("cbr completion names", () => {
  it("the time for a completion is the rest of 300 ms after the start, and never too short for the kept names", () => {
    const elapsed = [0, 100, 180, 260, 5_000]
    assert.deepStrictEqual(
      elapsed.map((time) => timeFor("look", time)),
      [200, 160, 80, 40, 40]
    )
    assert.deepStrictEqual(
      elapsed.map((time) => timeFor("read", time)),
      [200, 160, 100, 100, 100]
    )
  })

  it.live(
    "cbr completion names offers the names of servers, which `list --latest` keeps in a file that only its user can read",
    () =>
      Effect.gen(function* () {
        const { env, fileOf } = yield* withCache
        yield* warm(env)
        const calls = yield* callsOf
        const { err, exitCode, out } = yield* commandLine(line, { env })
        assert.deepStrictEqual([exitCode, err], [0, ""])
        assert.includeMembers(out.split("\n"), ["ecs-fleet-0006", "ecs-fleet-0007"])
        assert.strictEqual(new Set(out.split("\n")).size, out.split("\n").length)
        assert.strictEqual(yield* callsOf, calls)
        assert.strictEqual(statSync(fileOf()).mode & 0o777, 0o600)
        assert.strictEqual(readFileSync(fileOf(), "utf8"), out)
      }).pipe(Effect.provide(simulatorLayer({ fleet: 12 })))
  )

  it.live(
    "cbr completion names asks again for names that are old, and offers the old ones where the service refuses",
    () =>
      Effect.gen(function* () {
        const { env, fileOf } = yield* withCache
        yield* warm(env)
        const long = new Date(Date.now() - 3_600_000)
        utimesSync(fileOf(), long, long)
        const calls = yield* callsOf
        yield* commandLine(line, { env })
        assert.isAbove(yield* callsOf, calls)
        utimesSync(fileOf(), long, long)
        const { err, exitCode, out } = yield* commandLine(line, { env: { ...env, HUAWEICLOUD_SDK_SK: "wrong" } })
        assert.deepStrictEqual([exitCode, err], [0, ""])
        assert.include(out, "ecs-fleet-0006")
      }).pipe(Effect.provide(simulatorLayer({ fleet: 12 })))
  )

  it.live(
    "cbr completion names says nothing and succeeds without settings, with a place that does not answer, and with a refused key",
    () =>
      Effect.gen(function* () {
        const { env, folder } = yield* withCache
        for (const given of [
          {},
          { ...env, CBR_ENDPOINT: "http://127.0.0.1:9" },
          { ...env, HUAWEICLOUD_SDK_SK: "wrong" },
          { ...env, CBR_PROFILE: "unknown" }
        ]) {
          const { err, exitCode, out } = yield* commandLine(line, { env: given })
          assert.deepStrictEqual([exitCode, err, out], [0, "", ""])
        }
        assert.isFalse(existsSync(folder))
      }).pipe(Effect.provide(simulatorLayer({ fleet: 12 })))
  )

  it.live("cbr completion names does not wait for a service that takes the call and does not answer", () =>
    Effect.gen(function* () {
      const { env } = yield* withCache
      const server = yield* Effect.acquireRelease(
        Effect.callback<Server>((resume) => {
          const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => void server.close())
      )
      const { port } = server.address() as AddressInfo
      const { err, exitCode, out } = yield* commandLine(line, {
        env: { ...env, CBR_ENDPOINT: `http://127.0.0.1:${port}` }
      })
      assert.deepStrictEqual([exitCode, err, out], [0, "", ""])
    }).pipe(Effect.scoped, Effect.provide(simulatorLayer({ fleet: 12 })))
  )

  it.live("applies the connection flags of the line", () =>
    Effect.gen(function* () {
      const { env } = yield* withCache
      const { CBR_ENDPOINT = "", ...rest }: Readonly<Record<string, string>> = env
      yield* warm(env)
      const { out } = yield* commandLine([...line, "", "--endpoint", CBR_ENDPOINT], { env: rest })
      assert.include(out, "ecs-fleet-0006")
    }).pipe(Effect.provide(simulatorLayer({ fleet: 12 })))
  )
})
