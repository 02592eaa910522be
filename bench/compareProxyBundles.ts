import { execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { firstLine } from "./firstLine.ts"

// The built proxy beside another bundle of it, interleaved in one run: `node bench/compareProxyBundles.ts BUNDLE [ROUNDS [SECONDS]]`,
// with wrk. Ratios alone mean anything: both share the machine with the load and with whatever else runs.

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const [, , peer = "", rounds = "5", seconds = "2"] = process.argv
/** The flags of Node in the units in `deploy`. */
const flags = ["--max-semi-space-size=4"]
const bundles = { built: pathOf("../apps/proxy/dist/main.js"), peer }
for (const bundle of Object.values(bundles)) {
  if (!existsSync(bundle))
    throw new Error(`no bundle at ${JSON.stringify(bundle)}: build first, and name the peer's file`)
}

const project = "4229d7a45436489f8c3dc2b1d35d4987"
const path = `/v3/${project}/backups/6df2b54c-dd62-4059-a07c-1b8f24f2725d`

const folder = mkdtempSync(join(tmpdir(), "cbr-peer-"))
const cloud = spawn(process.execPath, [pathOf("programs/cloud.cjs")], { stdio: ["ignore", "pipe", "inherit"] })
const endpoint = (await firstLine(cloud)).trim()
const file = join(folder, "proxy.json")
writeFileSync(
  file,
  JSON.stringify({
    listen: { port: 0 },
    admin: { enabled: false },
    drain: { serve_seconds: 0 },
    callers: { bench: { keys: [{ sha256: createHash("sha256").update("key").digest("hex") }], projects: [project] } },
    credentials: { main: { type: "token", token: "token" } },
    projects: { [project]: { region: "cn-north-4", credentials: ["main"] } },
    regions: { "cn-north-4": { endpoint } },
    cache: { fresh_seconds: { available: 86_400 } },
    quotas: { classes: { default: { requests_per_second: 100_000, burst: 1_000_000 } } }
  })
)

/** Memory that is a process's own, in MiB. */
const privateOf = (pid: number): number =>
  Number(/^Private_Dirty:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024

const medianOf = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

try {
  const rates = { built: [] as Array<number>, peer: [] as Array<number> }
  const idle = { built: [] as Array<number>, peer: [] as Array<number> }
  for (let round = 0; round < Number(rounds); round++) {
    for (const name of round % 2 === 0 ? (["built", "peer"] as const) : (["peer", "built"] as const)) {
      const args = [...(name === "built" ? flags : []), bundles[name], "--config", file]
      const proxy = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] })
      const { url } = JSON.parse(await firstLine(proxy)) as { url: string }
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      idle[name].push(privateOf(proxy.pid!))
      const load = (for_: string) =>
        execFileSync("wrk", ["-t1", "-c32", `-d${for_}s`, "-H", "X-Api-Key: key", url + path], { encoding: "utf8" })
      load("1")
      rates[name].push(Number(/Requests\/sec:\s+([\d.]+)/.exec(load(seconds))?.[1]))
      proxy.kill("SIGTERM")
      await once(proxy, "exit")
    }
  }
  const row = (what: string, { built, peer }: typeof rates) => ({
    what,
    built: Math.round(medianOf(built)),
    peer: Math.round(medianOf(peer)),
    ratio: Number((medianOf(built) / medianOf(peer)).toFixed(3))
  })
  console.table([row("hits a second, by key", rates), row("idle Private_Dirty, MiB", idle)])
} finally {
  cloud.kill("SIGTERM")
  rmSync(folder, { recursive: true })
}
