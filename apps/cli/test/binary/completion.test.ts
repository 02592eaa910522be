import { mkdtempSync, readdirSync, utimesSync } from "node:fs"
import { type AddressInfo, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layer as simulatorLayer } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Binary, cbr } from "../Binary.ts"
import { withAccessKey } from "../CommandLine.ts"

const words = ["completion", "names", "--", "show", "--resource"]

/** A service that takes each call and never answers. */
const silent = Effect.acquireRelease(
  Effect.callback<Server>((resume) => {
    const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => void server.close())
)

const platform = Layer.mergeAll(Binary.layer, NodeServices.layer, simulatorLayer({ fleet: 12 }))

layer(platform, { excludeTestServices: true })("cbr completion names, as a process", (it) => {
  const completed = Effect.fnUntraced(function* (env: Record<string, string>) {
    const started = performance.now()
    const { err, exitCode, out } = yield* cbr(words, { env })
    return { err, exitCode, out, elapsed: performance.now() - started }
  })

  it.effect("cbr completion names ends soon, says nothing and succeeds where the service never answers", () =>
    Effect.gen(function* () {
      const { port } = (yield* silent).address() as AddressInfo
      const cache = mkdtempSync(join(tmpdir(), "cbr-cache-"))
      const env = { ...(yield* withAccessKey), HOME: cache, XDG_CACHE_HOME: cache }
      const hanging = { ...env, CBR_ENDPOINT: `http://127.0.0.1:${port}` }
      // The first compiles the program, and an attempt alone would wait for seconds; the bench has the milliseconds.
      for (const start of ["cold", "warm"]) {
        const { elapsed, ...said } = yield* completed(hanging)
        assert.deepStrictEqual(said, { err: "", exitCode: 0, out: "" }, start)
        assert.isBelow(elapsed, 4_000, start)
      }
    }).pipe(Effect.scoped)
  )

  it.effect(
    "cbr completion names offers the names that were kept, however old, while the service does not answer",
    () =>
      Effect.gen(function* () {
        const cache = mkdtempSync(join(tmpdir(), "cbr-cache-"))
        const server = yield* silent
        const env = { ...(yield* withAccessKey), HOME: cache, XDG_CACHE_HOME: cache }
        const listed = yield* cbr(["list", "--latest", "-o", "value"], { env })
        assert.strictEqual(listed.exitCode, 0, listed.err)
        const folder = join(cache, "cbr", "names")
        const [file = ""] = readdirSync(folder)
        const { port } = server.address() as AddressInfo
        const long = new Date(Date.now() - 3_600_000)
        utimesSync(join(folder, file), long, long)
        // The service behind the same address hangs from now on: its proxy takes the call and never answers.
        const { elapsed, exitCode, out } = yield* completed({ ...env, HTTP_PROXY: `http://127.0.0.1:${port}` })
        assert.strictEqual(exitCode, 0)
        assert.include(out.split("\n"), "ecs-fleet-0006")
        assert.isBelow(elapsed, 4_000)
      }).pipe(Effect.scoped)
  )
})
