import { spawn } from "node:child_process"
import { once } from "node:events"
import { createRequire } from "node:module"
import { type AddressInfo, createServer } from "node:net"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { bound, cores, output, served } from "./Machine.ts"
import { program, projectOf } from "./Proxies.ts"
import { median, type Row, rowOf } from "./Row.ts"

const all = 100_000
const servers = 200
const nights = 30
const count = 5

const cbr = join(dirname(createRequire(import.meta.url).resolve("@cbr/cli/package.json")), "dist/main.cjs")

const node = process.execPath

const example = new URL("../packages/client/test/fixtures/show-backup.json", import.meta.url).pathname

/** A list of so many backups in a process of its own. */
const listOf = (backups: number) => served(cores.load, [node, program("listCloud.js"), example, String(backups)])

/** Time and memory of a command. */
interface Usage {
  /** In bytes. */
  readonly memory: number
  /** Milliseconds of a processor. */
  readonly processor: number
  readonly milliseconds: number
  /** Time of its first line, in epoch milliseconds. */
  readonly firstLine: number
  readonly lines: number
}

/** Runs `cbr` against an address to its end, whatever its exit code. */
const usageOf = (url: string, ...words: ReadonlyArray<string>) =>
  Effect.callback<Usage>((resume) => {
    const started = performance.now()
    const command = [node, "--require", program("reportUsage.cjs"), cbr, ...words]
    const child = spawn(...bound(cores.measured, command), {
      env: {
        PATH: process.env["PATH"],
        CBR_ENDPOINT: url,
        CBR_METADATA: "off",
        HUAWEICLOUD_SDK_AK: "BENCHACCESSKEY000001",
        HUAWEICLOUD_SDK_SK: "bench-secret-of-some-32-characters",
        HUAWEICLOUD_SDK_PROJECT_ID: projectOf(0)
      },
      stdio: ["ignore", "pipe", "inherit", "pipe"]
    })
    let firstLine = 0
    let lines = 0
    let report = ""
    child.stdout!.on("data", (bytes: Buffer) => {
      firstLine ||= Date.now()
      for (const byte of bytes) if (byte === 10) lines++
    })
    ;(child.stdio[3] as NodeJS.ReadableStream).on("data", (bytes: Buffer) => (report += bytes.toString()))
    child.once("close", () => {
      const { memory, processor } = JSON.parse(report) as Pick<Usage, "memory" | "processor">
      resume(Effect.succeed({ memory, processor, milliseconds: performance.now() - started, firstLine, lines }))
    })
    return Effect.sync(() => child.kill())
  })

/** The address of a service that takes each call and never answers. */
const silent = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }),
  (server) => Effect.sync(() => void server.close())
)

const endsOf = (url: string) =>
  Effect.promise(async () => (await (await fetch(`${url}/ends`)).json()) as ReadonlyArray<number>)

/** A list of 100,000 backups by the library and the command line, and a check of 200 servers. */
export const lists = Effect.gen(function* () {
  return [...(yield* Effect.scoped(ofAll)), ...(yield* Effect.scoped(ofFleet))]
})

const ofAll = Effect.gen(function* () {
  const { url } = yield* listOf(all)
  const processor = new Map<string, Array<number>>([
    ["listBackups", []],
    ["undici loop", []]
  ])
  for (let round = 0; round < count; round++) {
    for (const [name, file] of [
      ["listBackups", "listBackups.ts"],
      ["undici loop", "listLoop.js"]
    ] as const) {
      const [found, took] = (yield* output(cores.measured, [node, program(file), url, projectOf(0)])).split(" ")
      if (Number(found) !== all) return yield* Effect.die(new Error(`${name} found ${found}`))
      processor.get(name)?.push(Number(took))
    }
  }
  yield* endsOf(url)
  const { firstLine, lines, memory } = yield* usageOf(url, "list", "-o", "ndjson")
  if (lines !== all) return yield* Effect.die(new Error(`cbr list printed ${lines} lines`))
  const [end = Number.NaN] = yield* endsOf(url)
  const row = { better: "less", peers: [] } as const
  return [
    rowOf({ what: `listBackups, ${all} backups, processor`, unit: "ms", better: "less" }, "listBackups", processor, {
      "undici loop": 1.5
    }),
    { ...row, what: `cbr list of ${all} backups, most memory`, unit: "MB", value: memory / 2 ** 20, goal: 120 },
    { ...row, what: "cbr list, first line after the first page", unit: "ms", value: firstLine - end, goal: 300 }
  ] satisfies ReadonlyArray<Row>
})

const ofFleet = Effect.gen(function* () {
  const { url } = yield* listOf(servers * nights)
  const resource = "f1ee0000-0000-4000-8000-000000000000"
  const backup = "00000000-0000-4000-8000-000000000000"
  const checks = new Map<string, Array<number>>([
    ["check --all", []],
    ["the calls alone", []]
  ])
  const shows = new Map<string, Array<number>>([
    ["show --resource", []],
    ["show ID", []]
  ])
  const calls: Array<number> = []
  const completions: Array<number> = []
  const hanging = `http://127.0.0.1:${((yield* silent).address() as AddressInfo).port}`
  for (let round = -1; round < count; round++) {
    yield* endsOf(url)
    const checked = yield* usageOf(url, "check", "--all", "--max-age", "26h", "--exit-style", "cli", "--healthy")
    const pages = yield* endsOf(url)
    const started = performance.now()
    yield* output(cores.measured, [node, program("listLoop.js"), url, projectOf(0)])
    const alone = performance.now() - started
    const byResource = yield* usageOf(url, "show", "--resource", resource, "-o", "json")
    const byId = yield* usageOf(url, "show", backup, "-o", "json")
    const completed = yield* usageOf(hanging, "completion", "names", "--", "show", "--resource")
    if (round < 0) continue
    completions.push(completed.milliseconds)
    calls.push(pages.length)
    checks.get("check --all")?.push(checked.milliseconds)
    checks.get("the calls alone")?.push(alone)
    shows.get("show --resource")?.push(byResource.processor)
    shows.get("show ID")?.push(byId.processor)
  }
  const row = { better: "less", peers: [] } as const
  return [
    { ...row, what: `check --all of ${servers} servers, calls`, unit: "", value: median(calls), goal: 8 },
    rowOf({ what: `check --all of ${servers} servers`, unit: "ms", better: "less" }, "check --all", checks, {
      "the calls alone": 2
    }),
    rowOf({ what: "show --resource ID, processor", unit: "ms", better: "less" }, "show --resource", shows, {
      "show ID": 1.35
    }),
    { ...row, what: "completion of names, a silent service", unit: "ms", value: median(completions), goal: 300 }
  ] satisfies ReadonlyArray<Row>
})
