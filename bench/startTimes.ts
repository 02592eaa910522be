import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { Simulator, layer as simulatorLayer } from "@cbr/simulator"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { measureBatch } from "./batch.ts"
import { fed } from "./NodeProcess.ts"
import { measure } from "./ProgramTimes.ts"
import { program } from "./Proxies.ts"
import type { Row } from "./Row.ts"

const rounds = 25

/** Answers after which the simulator is as fast as it gets: it stands for a service that has long been running. */
const warmUp = 600

const cbr = join(dirname(createRequire(import.meta.url).resolve("@cbr/cli/package.json")), "dist/main.cjs")

/** The time that the command line takes to start and to answer, and the memory of a long batch. */
export const startTimes = Effect.gen(function* () {
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
  yield* fed([cbr, "show", "-", "-o", "ndjson"], env, `${id}\n`.repeat(warmUp))
  const measured = yield* measure(
    [
      { name: "empty Node", program: [program("empty.cjs")] },
      { name: "cbr --version", program: [cbr, "--version"], goal: 1.8 },
      { name: "cbr show", program: [cbr, "show", id], goal: 2.5 },
      { name: "official core", program: [program("officialCore.js"), id] }
    ],
    rounds,
    env
  )
  const of = (name: string) => measured.find((row) => row.name === name)?.median ?? Number.NaN
  const against = (peer: string, what: string, goal?: number) => ({
    name: peer,
    value: of(peer),
    ratio: of(what) / of(peer),
    goal
  })
  const batch = yield* measureBatch(cbr, env, { ids: 1_000, concurrency: 8 })
  return [
    {
      what: "cbr --version",
      unit: "ms",
      better: "less",
      value: of("cbr --version"),
      peers: [against("empty Node", "cbr --version", 1.8)]
    },
    {
      what: "cbr show",
      unit: "ms",
      better: "less",
      value: of("cbr show"),
      peers: [against("empty Node", "cbr show", 2.5), against("official core", "cbr show")]
    },
    {
      what: "memory of cbr show, 1000 ids",
      unit: "MB",
      better: "less",
      value: batch.megabytes,
      peers: [],
      goal: 150
    }
  ] satisfies ReadonlyArray<Row>
}).pipe(Effect.provide(simulatorLayer()))
