import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

// What one process and several of the built proxy carry on this machine: `node bench/capacity.ts [SECONDS]`, with wrk.
// The load and the cloud take their part of the same cores, so the figures are for comparing rows.

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const bundle = pathOf("../apps/proxy/dist/main.js")
if (!existsSync(bundle)) throw new Error("build first: npx pnpm@12.21.0 build")
const seconds = Number(process.argv[2] ?? 5)

const project = "4229d7a45436489f8c3dc2b1d35d4987"
const path = `/v3/${project}/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d`

/** The first line that a process prints. */
const firstLine = async ({ stdout }: ChildProcess): Promise<string> => {
  let text = ""
  stdout!.setEncoding("utf8")
  while (!text.includes("\n")) text += String((await once(stdout!, "data"))[0])
  return text
}

const folder = mkdtempSync(join(tmpdir(), "cbr-capacity-"))
const cloud = spawn(process.execPath, [pathOf("programs/cloud.cjs")], { stdio: ["ignore", "pipe", "inherit"] })
const endpoint = (await firstLine(cloud)).trim()

/** Runs a proxy of so many workers, and measures while it serves. */
const withProxy = async (workers: number, cache: object, measure: (url: string, pid: number) => void) => {
  const file = join(folder, "proxy.json")
  const configuration = {
    listen: { port: 0 },
    admin: { enabled: false },
    drain: { serve_seconds: 0 },
    workers,
    callers: { bench: { keys: [{ sha256: createHash("sha256").update("key").digest("hex") }], projects: [project] } },
    credentials: { main: { type: "token", token: "token" } },
    projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
    regions: { "cn-north-4": { endpoint } },
    cache,
    limits: { connections: 10_000, connections_per_address: 10_000, queue: 10_000, queue_wait_ms: 10_000 },
    quotas: {
      classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } },
      upstream_per_project_per_second: 200
    }
  }
  writeFileSync(file, JSON.stringify(configuration))
  const proxy = spawn(process.execPath, [bundle, "--config", file], { stdio: ["ignore", "pipe", "ignore"] })
  const { url } = JSON.parse(await firstLine(proxy)) as { url: string }
  measure(url + path, proxy.pid!)
  proxy.kill("SIGTERM")
  await once(proxy, "exit")
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

/** A process and its children. */
const familyOf = (pid: number): ReadonlyArray<number> => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean)
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))]
}

/** Memory of a family of processes, in MiB. */
const memoryOf = (family: ReadonlyArray<number>): number =>
  Math.round(
    family.reduce(
      (sum, pid) => sum + Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0),
      0
    ) / 1024
  )

/** Processor time of a family of processes so far, in microseconds; Linux counts in hundredths of a second. */
const processorTimeOf = (family: ReadonlyArray<number>): number =>
  family.reduce((sum, pid) => {
    // Fields 14 and 15 of proc_pid_stat(5), of which the first two may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
    const [user, system] = fields.slice(11)
    return sum + (Number(user) + Number(system)) * 10_000
  }, 0)

try {
  const rows: Array<Record<string, string | number>> = []
  const counts = [...new Set([1, 2, availableParallelism()])].toSorted((a, b) => a - b)
  for (const workers of counts) {
    await withProxy(workers, {}, (url, pid) => {
      const family = familyOf(pid)
      const row = (what: string, connections: number, headers: ReadonlyArray<string> = []) => {
        const before = processorTimeOf(family)
        const { requests, ...loaded } = load(url, connections, headers)
        const each = (processorTimeOf(family) - before) / requests
        rows.push({ workers, what, ...loaded, "CPU µs": Math.round(each), MiB: memoryOf(family) })
      }
      load(url, 32)
      row("hits, 32 connections kept", 32)
      row("hits, 512 connections kept", 512)
      row("hits, a connection each", 32, ["Connection: close"])
    })
  }
  console.table(rows)
} finally {
  cloud.kill("SIGTERM")
  rmSync(folder, { recursive: true })
}
