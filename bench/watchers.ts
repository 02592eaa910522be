import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, request } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

/** The cost of so many watchers of one backup. Memory is a process's own (`Private_Dirty`), in MB. */
export interface Watchers {
  readonly watchers: number
  /** Looks at the backup while all were watching. */
  readonly looks: number
  /** Intervals in that time: as many looks are those of one poller. */
  readonly intervals: number
  /** Memory of the proxy before the first request; an earlier start has left its code compiled. */
  readonly megabytesIdle: number
  /** Memory of the proxy with one watcher, after as many have come and gone, and how much more with all. */
  readonly megabytes: number
  readonly megabytesMore: number
  /** Watchers that were told of a change, and how long it took from the cloud's answer to the last of them, in ms. */
  readonly told: number
  readonly millisecondsToTell: number
}

/** The number of watchers, and of intervals of one second. */
export interface WatchersOptions {
  readonly watchers?: number
  readonly intervals?: number
}

/** The flags of Node in the units in `deploy`. */
const flags = ["--max-semi-space-size=4"]
const published = fileURLToPath(new URL("../apps/proxy/dist/main.js", import.meta.url))
const project_id = "4229d7a45436489f8c3dc2b1d35d4987"
const backup_id = "6df2b54c-dd62-4059-a07c-1b8f24f2725d"
const key = "cbrk_bench-0123456789abcdefghijklmnopqrstuv"

/** The cloud's stand-in: one backup of the size of a whole server's, in the state that it is given. */
const startCloud = async () => {
  const cloud = { status: "restoring", looks: 0, answeredAt: 0 }
  const filling = Array.from({ length: 3 }, (_, n) => ({
    id: String(n),
    status: "available",
    name: "x".repeat(600)
  }))
  const server = createServer((_, response) => {
    cloud.looks++
    cloud.answeredAt = performance.now()
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify({ backup: { id: backup_id, status: cloud.status, children: filling } }))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return { cloud, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const configurationFor = (cloud: string, watchers: number) => ({
  listen: { port: 0 },
  admin: { enabled: false },
  drain: { serve_seconds: 0 },
  callers: {
    bench: {
      keys: [{ sha256: createHash("sha256").update(key).digest("hex") }],
      projects: [project_id],
      scopes: ["read", "watch"]
    }
  },
  credentials: { cloud: { type: "token", token: "bench" } },
  projects: { [project_id]: { region: "cn-north-4", credentials: ["cloud"] } },
  regions: { "cn-north-4": { endpoint: cloud } },
  limits: { connections: watchers + 100, connections_per_address: watchers + 100 },
  quotas: { classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } } },
  live: { poll_moving_seconds: 1, streams_per_caller: watchers + 1 }
})

const startProxy = async (folder: string, configuration: object) => {
  const file = join(folder, "proxy.json")
  writeFileSync(file, JSON.stringify(configuration), { mode: 0o600 })
  const child = spawn(process.execPath, [...flags, published, "--config", file], {
    env: { PATH: process.env["PATH"], HOME: folder },
    stdio: ["ignore", "pipe", "ignore"]
  })
  const [line]: ReadonlyArray<unknown> = await once(child.stdout, "data")
  return { child, url: (JSON.parse(String(line)) as { url: string }).url }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(5)
}

/** So many streams are opened at once. */
const atOnce = 50

/** Memory of a process's own, in MB. */
const megabytesOf = (pid: number) =>
  Number(/^Private_Dirty:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]) / 1024

/** After so long a proxy has started, and written its compiled code for the next. */
const started = 4_000

/** Reads a stream; calls back with each event's name. */
const watch = async (url: string, onEvent: (name: string) => void) => {
  const sent = request(`${url}/-/v1/projects/${project_id}/backups/${backup_id}/events`, {
    headers: { "x-api-key": key },
    agent: false
  }).end()
  const [response] = (await once(sent, "response")) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`a watcher was answered ${response.statusCode}`)
  response.setEncoding("utf8").on("data", (text: string) => {
    for (const [, name = ""] of text.matchAll(/^event: (\w+)$/gm)) onEvent(name)
  })
  return sent
}

const measured = async ({ intervals = 10, watchers = 1_000 }: WatchersOptions): Promise<Watchers> => {
  const folder = mkdtempSync(join(tmpdir(), "cbr-watchers-"))
  const { cloud, server, url: origin } = await startCloud()
  const earlier = await startProxy(folder, configurationFor(origin, watchers))
  await sleep(started)
  earlier.child.kill("SIGTERM")
  await once(earlier.child, "exit")
  const proxy = await startProxy(folder, configurationFor(origin, watchers))
  const streams: Array<ReturnType<typeof request>> = []
  try {
    let begun = 0
    let told = 0
    let lastTold = 0
    const onEvent = (name: string) => {
      if (name === "snapshot") begun++
      if (name !== "stable") return
      told++
      lastTold = performance.now()
    }
    const open = async (count: number) => {
      const some = await Promise.all(Array.from({ length: count }, () => watch(proxy.url, onEvent)))
      const expected = streams.push(...some)
      await until(() => begun === expected)
    }
    await sleep(started)
    const megabytesIdle = megabytesOf(proxy.child.pid!)
    // As many watchers come and go before, so that the memory to serve that many at all does not count.
    for (let n = 0; n < watchers; n += atOnce) {
      await open(atOnce)
      for (const stream of streams.splice(0)) stream.destroy()
      begun = 0
    }
    await open(1)
    await sleep(5_000)
    const megabytes = megabytesOf(proxy.child.pid!)
    for (let n = 1; n < watchers; n += atOnce) await open(Math.min(atOnce, watchers - n))
    const before = cloud.looks
    await sleep(intervals * 1_000)
    const looks = cloud.looks - before
    const megabytesMore = megabytesOf(proxy.child.pid!) - megabytes
    cloud.status = "available"
    await Promise.race([until(() => told === streams.length), sleep(10_000)])
    const millisecondsToTell = lastTold - cloud.answeredAt
    return { watchers, looks, intervals, megabytesIdle, megabytes, megabytesMore, told, millisecondsToTell }
  } finally {
    for (const stream of streams) stream.destroy()
    proxy.child.kill("SIGKILL")
    server.close()
    server.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Watches one backup through the proxy as it is published, a thousand times at once unless told otherwise. */
export const watchers = (options: WatchersOptions = {}): Effect.Effect<Watchers> =>
  Effect.promise(() => measured(options))

if (import.meta.main) {
  watchers().pipe(
    Effect.flatMap(
      ({ intervals, looks, megabytes, megabytesIdle, megabytesMore, millisecondsToTell, told, watchers }) =>
        Console.log(
          `${watchers} watchers of one backup: ${looks} looks in ${intervals} intervals, ` +
            `${megabytesMore.toFixed(0)} MB more than the ${megabytes.toFixed(0)} MB with one (goal 25), ` +
            `${megabytesIdle.toFixed(0)} MB before the first request (goal 40), ` +
            `${told} told of a change within ${millisecondsToTell.toFixed(0)} ms`
        )
    ),
    NodeRuntime.runMain
  )
}
