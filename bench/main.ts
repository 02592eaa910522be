import { writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Simulator, layer as simulatorLayer } from "@cbr/simulator"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type Batch, measureBatch } from "./batch.ts"
import { measure } from "./startup.ts"

const rounds = 25
/** What a batch may hold. */
const megabytes = 150

const cbr = join(dirname(createRequire(import.meta.url).resolve("@cbr/cli/package.json")), "dist/main.cjs")
const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

const bench = Effect.gen(function* () {
  const simulator = yield* Simulator
  const id = simulator.backups.example
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    CBR_ENDPOINT: simulator.cbr,
    HUAWEICLOUD_SDK_AK: simulator.ak,
    HUAWEICLOUD_SDK_SK: Redacted.value(simulator.sk),
    HUAWEICLOUD_SDK_PROJECT_ID: simulator.project_id
  }

  const startup = yield* measure(
    [
      { name: "empty Node", program: [program("empty.cjs")] },
      { name: "cbr --version", program: [cbr, "--version"], goal: 1.8 },
      { name: "cbr show", program: [cbr, "show", id], goal: 2.5 },
      { name: "official core", program: [program("officialCore.js"), id] }
    ],
    rounds,
    env
  )
  const show = startup.find(({ name }) => name === "cbr show")?.ratio ?? Number.NaN
  const official = startup.find(({ name }) => name === "official core")?.ratio ?? Number.NaN
  yield* Console.log(
    `${"".padEnd(16)}${["median", "fastest", "ratio", "goal"].map((head) => head.padStart(10)).join("")}`
  )
  for (const { fastest, goal, median, name, ratio } of startup) {
    const cells = [`${median.toFixed(1)} ms`, `${fastest.toFixed(1)} ms`, ratio.toFixed(2), goal?.toFixed(2) ?? ""]
    yield* Console.log(`${name.padEnd(16)}${cells.map((cell) => cell.padStart(10)).join("")}`)
  }
  yield* Console.log(`cbr show takes ${(show / official).toFixed(2)} of the official core's time`)

  const batches: Array<Batch> = []
  for (const concurrency of [8, 32]) {
    const batch = yield* measureBatch(cbr, env, { ids: 1000, concurrency })
    batches.push(batch)
    yield* Console.log(
      `${batch.ids} ids from stdin, ${concurrency} at once: ${batch.printed} shown, exit ${batch.exitCode}; ` +
        `${batch.requests} requests, at most ${batch.atOnce} at once, for ${batch.flaky} ids two 503s each; ` +
        `${batch.megabytes.toFixed(0)} MB at most (goal ${megabytes}), ${(batch.milliseconds / 1000).toFixed(1)} s, ` +
        `the first after ${batch.first?.toFixed(0)} ms`
    )
  }

  const report = {
    node: process.version,
    rounds,
    startup,
    batches
  }
  yield* Effect.sync(() => writeFileSync(program("../report.json"), `${JSON.stringify(report, null, 2)}\n`))
})

bench.pipe(Effect.provide(simulatorLayer()), NodeRuntime.runMain)
