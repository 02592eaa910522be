import { readdirSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { omitUndefined } from "@cbr/domain"
import { Simulator, layer as simulatorLayer } from "@cbr/simulator"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Pool } from "undici"
import type { Served } from "./Machine.ts"
import { key, projectOf, proxy } from "./Proxies.ts"

// The proxy before a cloud that fails in every way it can, for as long as is said: `node bench/soak.ts --minutes 10`.
// It must answer every request, level off its memory, and hold no more handles at the end than before. An unhandled rejection
// would end Node. The exit code is 1 on any fault.

const { minutes, rate } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, rate: { type: "string", default: "1000" } }
}).values
const milliseconds = Number(minutes) * 60_000
/** Requests that are made every tick of this many milliseconds. */
const tick = 10
const perTick = Math.max(1, Math.round((Number(rate) * tick) / 1_000))

/** The resident memory of a process in MB, and its open files. */
const held = ({ process }: Served) => ({
  megabytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process.pid}/status`, "utf8"))?.[1]) / 1024,
  handles: readdirSync(`/proc/${process.pid}/fd`).length
})

const random = <A>(values: ReadonlyArray<A>): A => values[Math.floor(Math.random() * values.length)]!

const soak = Effect.gen(function* () {
  const simulator = yield* Simulator
  const token = Redacted.value(yield* simulator.issueToken)
  const served = yield* proxy({
    cloud: simulator.cbr,
    project_id: simulator.project_id,
    credential: { type: "token", token },
    cache: { fresh_seconds: { available: 2, error: 2 }, stale_if_error_seconds: 5 }
  })
  // A refused credential would be kept from the cloud, and so would all that follows.
  const ofCredentials = /signature|locked|token|authentication/
  const faults = Object.entries(simulator.faults).filter(([name]) => !ofCredentials.test(name))
  const healthy = Object.values(simulator.backups)
  const pool = new Pool(served.url, { connections: 60, pipelining: 1 })
  const answers = new Map<number, number>()
  let failures = 0
  const under = { way: 0 }

  const ask = async () => {
    under.way++
    const id = Math.random() < 0.02 ? random(faults)[1] : random(healthy)
    const project = Math.random() < 0.01 ? projectOf(1) : simulator.project_id
    const more = Math.random() < 0.05 ? { "cache-control": "no-cache" } : {}
    // Some callers leave before the answer.
    const leaving = Math.random() < 0.01 ? AbortSignal.timeout(5) : undefined
    try {
      const answer = await pool.request({
        method: "GET",
        path: `/v3/${project}/backups/${id}`,
        headers: { "x-auth-token": Math.random() < 0.001 ? "cbrk_nobodys" : key, "x-cbr-timeout-ms": "2000", ...more },
        ...omitUndefined({ signal: leaving })
      })
      await answer.body.arrayBuffer()
      answers.set(answer.statusCode, (answers.get(answer.statusCode) ?? 0) + 1)
    } catch {
      if (leaving?.aborted !== true) failures++
    } finally {
      under.way--
    }
  }

  const started = performance.now()
  const { handles: before } = held(served)
  /** Resident memory at the start of each minute, in MB. */
  const readings: Array<number> = []
  yield* Effect.callback<void>((resume) => {
    const timer = setInterval(() => {
      const passed = performance.now() - started
      if (passed >= milliseconds) {
        clearInterval(timer)
        return resume(Effect.void)
      }
      // A proxy that falls behind is not buried: the soak is about what stays, not about the peak.
      for (let index = 0; index < perTick && under.way < 500; index++) void ask()
      if (passed < readings.length * 60_000) return
      const { handles, megabytes } = held(served)
      const minute = readings.push(megabytes) - 1
      console.log(`minute ${minute}: ${megabytes.toFixed(0)} MB, ${handles} handles, ${failures} without an answer`)
    }, tick)
  })
  while (under.way > 0) yield* Effect.sleep("50 millis")
  yield* Effect.promise(() => pool.close())
  yield* Effect.sleep("5 seconds")
  const { exitCode } = served.process
  const { handles, megabytes } = exitCode === null ? held(served) : { handles: 0, megabytes: 0 }
  const counts = [...answers].toSorted(([a], [b]) => a - b).map(([status, times]) => `${times} × ${status}`)
  const errors = readFileSync(served.log, "utf8").match(/"level":"ERROR"/g)?.length ?? 0
  // The growth of the last half: the load itself takes the memory of the first minutes.
  const growth = (readings.at(-1) ?? 0) / (readings[Math.ceil(readings.length / 2)] ?? Infinity) - 1
  yield* Console.log(`answers: ${counts.join(", ")}`)
  yield* Console.log(
    `at rest: ${megabytes.toFixed(0)} MB, ${handles} handles (${before} before); ${failures} without an answer`
  )
  yield* Console.log(`memory in the last half: ${growth < 0 ? "" : "+"}${(100 * growth).toFixed(1)} %`)
  yield* Console.log(
    `errors in the log: ${errors}; ended with: ${exitCode ?? "nothing, it still serves, so nothing was rejected unhandled"}`
  )
  if (failures > 0 || errors > 0 || exitCode !== null || handles > before + 5 || growth > 0.1) process.exitCode = 1
})

soak.pipe(Effect.scoped, Effect.provide(simulatorLayer()), NodeRuntime.runMain)
