import { inspect } from "node:util"
import { BackupClient, Credentials, Endpoint, type ShowBackupError } from "@cbr/client"
import { layerNodeHttp, layerUndici } from "@cbr/client/node"
import { NodeHttpClient } from "@effect/platform-node"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Fiber, Layer, Metric, Redacted, Schedule } from "effect"
import { FetchHttpClient } from "effect/http"
import { closedPort } from "../LoopbackServer.ts"
import { clientLayer, request } from "../TestClient.ts"
import { faultServer } from "./FaultServer.ts"
import { type Fault, faults } from "./FaultTable.ts"

const transports = {
  undici: NodeHttpClient.layerUndici,
  "undici, heard directly": Layer.orDie(layerUndici({})),
  "node:http, heard directly": Layer.orDie(layerNodeHttp({})),
  "node:http": NodeHttpClient.layerNodeHttpOptions({ keepAlive: true }),
  fetch: FetchHttpClient.layer
}

const defaultDeadline = 3000

const canary = "canaryTokenOfTheFaultSuite"

const took: Array<{ readonly name: string; readonly milliseconds: number }> = []

afterAll(() => {
  const slowest = took.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a))
  console.log(`${took.length} faults; the slowest: ${slowest.name}, ${Math.round(slowest.milliseconds)} ms`)
})

/** Those that mostly wait may wait together; the others would make them late. */
const waits = ({ atLeast, ends }: Fault) => ends === "TimedOut" || atLeast !== undefined

describe.each(Object.entries(transports))("over %s, a server that", (transport, http) => {
  const judge = (fault: Fault) =>
    it.live(`${fault.name}: ${fault.ends}, ${fault.requests} requests`, () =>
      Effect.gen(function* () {
        const { deadline = defaultDeadline, serve } = fault
        const elsewhere = yield* faultServer(({ socket }) => socket.end())
        const server = yield* faultServer(typeof serve === "function" ? serve : () => {}, {
          tls: serve === "tls",
          elsewhere: elsewhere.origin
        })
        const origin = serve === "refuses" ? `http://127.0.0.1:${yield* closedPort}` : server.origin
        const limit = fault.within ?? deadline * 1.1
        const { exit, fibers, isLate, milliseconds } = yield* call({ ...fault, deadline, http, limit, origin })
        took.push({ name: `${fault.name}, over ${transport}`, milliseconds })

        const error = Exit.isFailure(exit) ? Cause.findErrorOption(exit.cause) : undefined
        const failed = error?._tag === "Some" ? error.value : undefined
        assert.strictEqual(Exit.isSuccess(exit) ? "Success" : failed?._tag, fault.ends, failed?.message)
        assert.isFalse(isLate, `${milliseconds} ms`)
        assert.isAtLeast(milliseconds, fault.atLeast ?? 0)
        if (failed !== undefined) {
          assert.deepInclude(failed, { ...fault.says, attempts: fault.requests })
          assert.notInclude(shown(failed), canary)
        }
        const isReached = serve !== "refuses" && serve !== "tls"
        assert.strictEqual(server.seen.requests, isReached ? fault.requests : 0)
        assert.strictEqual(elsewhere.seen.connections, 0)
        // The platform keeps the connections of `fetch` for as long as it likes.
        if (transport !== "fetch") yield* eventually("every socket is closed", () => server.open.size === 0)
        yield* eventually("every fiber has ended", () => fibers.started === fibers.ended)
      })
    )

  describe.concurrent("waits", () => {
    for (const fault of faults.filter(waits)) judge(fault)
  })
  describe("does not wait", () => {
    for (const fault of faults.filter((fault) => !waits(fault))) judge(fault)
  })
})

interface Call extends Pick<Fault, "calls"> {
  readonly deadline: number
  /** Milliseconds after which it is late. */
  readonly limit: number
  readonly http: (typeof transports)["undici"]
  readonly origin: string
}

/** The last call of a client that lives only here: its outcome, its time, and the fibers that all of it used. */
const call = Effect.fnUntraced(function* ({ calls = 1, deadline, http, limit, origin }: Call) {
  const fibers = { started: 0, ended: 0 }
  const client = clientLayer({
    http,
    credentials: Credentials.token(Redacted.make(canary)),
    endpoint: Layer.orDie(Endpoint.layer({ endpoint: origin })),
    policy: {
      // The third is cut off by the deadline, and begins early enough on a busy machine too.
      attemptTimeout: Duration.millis(deadline * 0.34),
      callTimeout: Duration.millis(deadline),
      retries: 2,
      backoff: Duration.millis(20)
    }
  })
  const timed = BackupClient.use(({ showBackup }) =>
    Effect.gen(function* () {
      for (let before = 1; before < calls; before++) {
        yield* showBackup(request)
        // The transport takes a moment to put a connection back.
        yield* Effect.sleep("50 millis")
      }
      const late = makeTimer(limit)
      const start = performance.now()
      const exit = yield* Effect.exit(showBackup(request))
      return { exit, milliseconds: performance.now() - start, isLate: late.isOver() }
    })
  ).pipe(Effect.provide(client))
  const counted = Effect.provideService(
    Effect.flatMap(Effect.forkChild(timed), Fiber.join),
    Metric.FiberRuntimeMetrics,
    { recordFiberStart: () => void fibers.started++, recordFiberEnd: () => void fibers.ended++ }
  )
  return { ...(yield* counted), fibers }
})

/** Tells the time of this process: on a busy machine a timer is late itself, and what was due before it still runs. */
const makeTimer = (milliseconds: number) => {
  let turns = 0
  const turn = () => {
    if (++turns < 10) setImmediate(turn)
  }
  const timer = setTimeout(turn, milliseconds)
  return {
    isOver: () => {
      clearTimeout(timer)
      return turns >= 10
    }
  }
}

/** Waits for work that follows a call's end, which takes longer on a busy machine. */
const eventually = (what: string, isSo: () => boolean) =>
  Effect.sync(isSo).pipe(
    Effect.repeat({ until: (is) => is, schedule: Schedule.spaced("10 millis").pipe(Schedule.upTo({ times: 2000 })) }),
    Effect.andThen(Effect.sync(() => assert.isTrue(isSo(), what)))
  )

const shown = (error: ShowBackupError) =>
  [
    error.message,
    JSON.stringify(error),
    inspect(error, { depth: 20 }),
    error.stack,
    Cause.pretty(Cause.fail(error))
  ].join("\n")
