import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { firstLine } from "./firstLine.ts"

// The load that one process and several of the built proxy carry on this machine: `node bench/capacity.ts [SECONDS]`, with wrk and redis-server.
// The load and the cloud take their part of the same cores, so the figures are for comparing rows.

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const bundle = pathOf("../apps/proxy/dist/main.js")
if (!existsSync(bundle)) throw new Error("build first: npx pnpm@12.21.0 build")
const seconds = Number(process.argv[2] ?? 5)

const project = "4229d7a45436489f8c3dc2b1d35d4987"
const path = `/v3/${project}/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d`

const folder = mkdtempSync(join(tmpdir(), "cbr-capacity-"))
const cloud = spawn(process.execPath, [pathOf("programs/cloud.cjs")], { stdio: ["ignore", "pipe", "inherit"] })
const endpoint = (await firstLine(cloud)).trim()

/** A Redis for processes that share a port. */
const redisPort = 20_000 + (process.pid % 10_000)
const redis = spawn("redis-server", ["--port", String(redisPort), "--save", "", "--appendonly", "no"], {
  stdio: ["ignore", "pipe", "inherit"]
})
while (!(await firstLine(redis)).includes("oO0")) continue

/** A port that is free now, for several processes. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Runs so many processes on one port, and measures while they serve. */
const withProxy = async (
  processes: number,
  measure: (url: string, proxies: ReadonlyArray<ChildProcess>) => void | Promise<void>
) => {
  const file = join(folder, "proxy.json")
  const configuration = {
    listen: { port: processes === 1 ? 0 : await freePort(), reuse_port: processes > 1 },
    admin: { enabled: false },
    drain: { serve_seconds: 0 },
    callers: { bench: { keys: [{ sha256: createHash("sha256").update("key").digest("hex") }], projects: [project] } },
    credentials: { main: { type: "token", token: "token" } },
    projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
    regions: { "cn-north-4": { endpoint } },
    limits: { connections: 10_000, connections_per_address: 10_000, queue: 10_000, queue_wait_ms: 10_000 },
    quotas: {
      classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
      upstream_per_project_per_second: 200
    },
    ...(processes === 1 ? {} : { redis: { url: `redis://127.0.0.1:${redisPort}`, replicas: processes } })
  }
  writeFileSync(file, JSON.stringify(configuration))
  const proxies = Array.from({ length: processes }, () =>
    spawn(process.execPath, [bundle, "--config", file], { stdio: ["ignore", "pipe", "ignore"] })
  )
  const [{ url }] = (await Promise.all(
    proxies.map(async (proxy) => JSON.parse(await firstLine(proxy)) as { url: string })
  )) as [{ url: string }]
  await measure(url + path, proxies)
  for (const proxy of proxies) {
    if (proxy.exitCode !== null || proxy.signalCode !== null) continue
    proxy.kill("SIGTERM")
    await once(proxy, "exit")
  }
}

/** Requests a second, and the time that 99 of 100 took at most. */
const load = (url: string, connections: number, headers: ReadonlyArray<string> = []) => {
  const fields = ["X-Api-Key: key", ...headers].flatMap((field) => ["-H", field])
  const text = execFileSync("wrk", ["--latency", "-t1", `-c${connections}`, `-d${seconds}s`, ...fields, url], {
    encoding: "utf8"
  })
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1]
  return {
    requests: Number(/(\d+) requests in/.exec(text)?.[1]),
    perSecond: Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1])),
    p99: /99%\s+(\S+)/.exec(text)?.[1] ?? "?",
    ...(failed === undefined ? {} : { failed: Number(failed) })
  }
}

/** Memory of a set of processes, in MiB. */
const memoryOf = (pids: ReadonlyArray<number>): number =>
  Math.round(
    pids.reduce(
      (sum, pid) => sum + Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0),
      0
    ) / 1024
  )

/** Processor time of a set of processes so far, in microseconds; Linux counts in hundredths of a second. */
const processorTimeOf = (pids: ReadonlyArray<number>): number =>
  pids.reduce((sum, pid) => {
    // Fields 14 and 15 of proc_pid_stat(5), of which the first two may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
    const [user, system] = fields.slice(11)
    return sum + (Number(user) + Number(system)) * 10_000
  }, 0)

/** The outcomes of requests, each on a new connection, while one of two processes was stopped. */
const stopped = async (url: string, proxy: ChildProcess, signal: NodeJS.Signals, kept: boolean) => {
  const fields = ["-H", "X-Api-Key: key", ...(kept ? [] : ["-H", "Connection: close"])]
  const wrk = spawn("wrk", ["-t1", "-c32", `-d${seconds}s`, ...fields, url], { stdio: ["ignore", "pipe", "inherit"] })
  let text = ""
  wrk.stdout.setEncoding("utf8").on("data", (more: string) => (text += more))
  setTimeout(() => proxy.kill(signal), (seconds * 1_000) / 2)
  await once(wrk, "close")
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  return {
    what: `${signal} of one of two, ${kept ? "connections kept" : "a connection each"}`,
    answered: Number(/(\d+) requests in/.exec(text)?.[1]),
    wrong: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
    lost: errors.reduce((sum, count) => sum + Number(count), 0)
  }
}

try {
  const rows: Array<Record<string, string | number>> = []
  const counts = [...new Set([1, 2, availableParallelism()])].toSorted((a, b) => a - b)
  for (const processes of counts) {
    await withProxy(processes, (url, proxies) => {
      const pids = proxies.map(({ pid }) => pid!)
      const row = (what: string, connections: number, headers: ReadonlyArray<string> = []) => {
        const before = processorTimeOf(pids)
        const { requests, ...loaded } = load(url, connections, headers)
        const each = (processorTimeOf(pids) - before) / requests
        rows.push({ processes, what, ...loaded, "CPU µs": Math.round(each), MiB: memoryOf(pids) })
      }
      load(url, 32)
      row("hits, 32 connections kept", 32)
      row("hits, 512 connections kept", 512)
      row("hits, a connection each", 32, ["Connection: close"])
    })
  }
  console.table(rows)
  const stops: Array<Record<string, string | number>> = []
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const kept of [true, false]) {
      await withProxy(2, async (url, [one]) => void stops.push(await stopped(url, one!, signal, kept)))
    }
  }
  console.table(stops)
} finally {
  cloud.kill("SIGTERM")
  redis.kill("SIGTERM")
  rmSync(folder, { recursive: true })
}
