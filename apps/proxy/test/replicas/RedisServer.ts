import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { Effect, type Scope } from "effect"

/** A Redis of the test's own. */
export interface RedisServer {
  readonly url: string
  /** Starts it again after it was killed; what it held is gone. */
  readonly start: Effect.Effect<void>
  /** Ends it at once, as a machine that loses power does. */
  readonly kill: Effect.Effect<void>
  /** Stops it in the middle of whatever it does: it keeps its connections and answers nothing. */
  readonly hang: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** What `redis-cli` answers. */
  readonly cli: (...words: ReadonlyArray<string>) => Effect.Effect<string>
}

/** A Redis on a free port, in a folder of its own, gone with the scope. */
export const makeRedisServer = (...options: ReadonlyArray<string>): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-proxy-redis-"))),
      (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
    )
    const port = yield* Effect.promise(freePort)
    const fixed = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
    let server: ChildProcess | undefined

    const start = Effect.promise(async () => {
      const process = spawn("redis-server", [...fixed, ...options], { stdio: ["ignore", "pipe", "inherit"] })
      server = process
      for await (const line of process.stdout) if (String(line).includes("Ready to accept connections")) break
      process.stdout.resume()
    })
    const kill = Effect.promise(async () => {
      const ending = server
      server = undefined
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
      const ended = once(ending, "exit")
      ending.kill("SIGKILL")
      await ended
    })
    const signal = (name: NodeJS.Signals) => Effect.sync(() => void server?.kill(name))

    yield* Effect.acquireRelease(start, () => kill)
    return {
      url: `redis://127.0.0.1:${port}`,
      start,
      kill,
      hang: signal("SIGSTOP"),
      resume: signal("SIGCONT"),
      cli: (...words) =>
        Effect.promise(async () => {
          const { stdout } = await promisify(execFile)("redis-cli", ["-p", `${port}`, ...words])
          return stdout.trimEnd()
        })
    }
  })

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}
