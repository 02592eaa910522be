import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { Effect, type Scope } from "effect"
import type { RedisAddress } from "../../src/store/RedisAddress.ts"

/** A Redis of the test's own. */
export interface RedisServer {
  readonly url: string
  readonly address: RedisAddress
  /** Starts it again after it was killed; what it held is gone. */
  readonly start: Effect.Effect<void>
  /** Ends it at once, as a machine that loses power does. */
  readonly kill: Effect.Effect<void>
  /** Stops it in the middle of whatever it does: it keeps its connections and answers nothing. */
  readonly hang: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** The answer of `redis-cli`. */
  readonly cli: (...words: ReadonlyArray<string>) => Effect.Effect<string>
}

/** A sentinel says no more than that it watches. */
const isReady = (said: string) => said.includes("Ready to accept connections") || said.includes("+monitor master")

/** A Redis on a free port, in a folder of its own, gone with the scope. */
export const makeRedisServer = (
  ...given: ReadonlyArray<string> | readonly [{ readonly sentinel: ReadonlyArray<string> }]
): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const [option] = given
    const sentinel = typeof option === "object" ? option.sentinel : undefined
    const options = given.filter((option) => typeof option === "string")
    const isTls = options.some((option) => option.startsWith("--tls-"))
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "cbr-proxy-redis-"))),
      (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
    )
    const fixed = ["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
    let server: ChildProcess | undefined
    let port = 0

    /** Whether it has begun to serve; it ends at once where the port is another's. */
    const hasBegun = async () => {
      if (sentinel !== undefined) await writeFile(join(folder, "sentinel.conf"), sentinel.join("\n"))
      const command =
        sentinel === undefined
          ? [...(isTls ? ["--port", "0", "--tls-port", `${port}`] : ["--port", `${port}`]), ...fixed, ...options]
          : [join(folder, "sentinel.conf"), "--sentinel", "--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder]
      const process = spawn("redis-server", command, { stdio: ["ignore", "pipe", "inherit"] })
      await once(process, "spawn")
      server = process
      let said = ""
      for await (const text of process.stdout) {
        said += String(text)
        if (isReady(said)) break
      }
      process.stdout.resume()
      return isReady(said)
    }
    // A port that is free may be taken by a connection of another test before Redis has it.
    const first = Effect.promise(async () => {
      do port = await freePort()
      while (!(await hasBegun()))
    })
    const start = Effect.promise(async () => {
      while (!(await hasBegun())) await sleep(20)
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

    yield* Effect.acquireRelease(first, () => kill)
    return {
      url: `redis://127.0.0.1:${port}`,
      address: { place: { _tag: "Server", node: { host: "127.0.0.1", port } } },
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

export const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}
