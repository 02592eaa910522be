import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { ended, readyLine, started } from "../ProxyProcess.ts"
import { temporaryFolder, written } from "../TemporaryFolder.ts"
import { openStream } from "./Streaming.ts"

const project = "4229d7a45436489f8c3dc2b1d35d4987"
const backup = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"

/** A cloud with one backup, which is at rest. */
const cloud = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const body = JSON.stringify({ backup: { id: backup, status: "available" } })
      const server = createServer((_, response) => response.end(body)).listen(0, "127.0.0.1")
      await once(server, "listening")
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  ),
  (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
)

const configurationFor = (endpoint: string, ...keys: ReadonlyArray<string>) =>
  JSON.stringify({
    listen: { port: 0 },
    admin: { port: 0 },
    drain: { serve_seconds: 1, finish_seconds: 60 },
    callers: Object.fromEntries(
      keys.map((key) => [
        key,
        {
          keys: [{ sha256: createHash("sha256").update(key).digest("hex") }],
          projects: [project],
          scopes: ["watch"]
        }
      ])
    ),
    credentials: { main: { type: "token", token: "Canary-upstream" } },
    projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
    regions: { "cn-north-4": { endpoint } }
  })

describe("streams of a proxy in a process of its own", () => {
  it.live(
    "end at a reload for a removed caller, go on for the others, and end with the proxy",
    () =>
      Effect.gen(function* () {
        const endpoint = yield* cloud
        const folder = yield* temporaryFolder
        const { "proxy.json": file } = yield* written(folder, {
          "proxy.json": configurationFor(endpoint, "stays", "leaves")
        })
        const proxy = yield* started(["--config", file], {})
        const { url } = yield* readyLine(proxy)
        const exit = yield* Effect.forkChild(ended(proxy), { startImmediately: true })
        const open = (key: string) =>
          openStream(`${url}/-/v1/projects/${project}/backups/${backup}/events`, { "x-api-key": key })
        const [stays, leaves] = [yield* open("stays"), yield* open("leaves")]
        yield* stays.atLeast(1)
        yield* leaves.atLeast(1)

        yield* written(folder, { "proxy.json": configurationFor(endpoint, "stays") })
        const last = (yield* leaves.ended).at(-1)!
        assert.strictEqual(last.event, "problem")
        assert.deepInclude(JSON.parse(last.data), { status: 401, error_code: "CbrProxy.Unauthenticated" })
        assert.deepStrictEqual(
          stays.events.map(({ event }) => event),
          ["snapshot"]
        )

        proxy.process.kill("SIGTERM")
        assert.deepInclude((yield* stays.ended).at(-1)!, { event: "rotate", data: '{"reason":"draining"}' })
        assert.strictEqual(yield* Fiber.join(exit), 0)
        assert.include(proxy.output.stderr, '"stream ended"')
        assert.notInclude(proxy.output.stderr + proxy.output.stdout, "Canary-upstream")
      }).pipe(Effect.scoped),
    60_000
  )
})
