import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type Load, loaded, rounds } from "./Load.ts"
import { lacking, type Served } from "./Machine.ts"
import { cloud, folder, type Given, key, nginx, peer, peerBundle, program, projects, proxy } from "./Proxies.ts"
import { median, type Row, rowOf } from "./Row.ts"

const connections = 32
const seconds = 2
const count = 5

const loadOf = (server: Served): Load => ({
  server,
  path: "",
  script: program("randomBackup.lua"),
  args: [key, String(projects)],
  connections,
  seconds
})

/** Bytes that a proxy allocates for a miss, in V8's heap, over some ten thousand of them. */
const allocated = Effect.fnUntraced(function* (given: Given) {
  const file = join(yield* folder, "allocations")
  const server = yield* proxy({
    ...given,
    options: ["--require", program("allocations.cjs")],
    env: { CBR_BENCH_ALLOCATIONS: file }
  })
  const load = loadOf(server)
  yield* loaded({ ...load, seconds: 10 })
  server.process.kill("SIGUSR2")
  const { answers } = yield* loaded({ ...load, seconds: 10 })
  server.process.kill("SIGUSR2")
  yield* Effect.repeat(
    Effect.sync(() => existsSync(file)),
    {
      until: (isThere) => isThere,
      schedule: Schedule.spaced("20 millis")
    }
  )
  return Number(readFileSync(file, "utf8")) / answers
}, Effect.scoped)

/**
 * Requests that the proxy passes on, each for another backup. The peers are a relay that does nothing else, and another
 * build if one is named.
 */
export const cacheMisses = (body: string) =>
  Effect.gen(function* () {
    const { url: origin } = yield* cloud(body)
    const hasNginx = lacking("nginx") === undefined
    const contenders = {
      project: loadOf(yield* proxy({ cloud: origin })),
      "bare node:http + undici": loadOf(yield* peer("bareRelay.js", origin, key)),
      "@fastify/http-proxy": loadOf(yield* peer("fastifyProxy.js", origin, key)),
      ...(peerBundle === undefined
        ? {}
        : { "the other build": loadOf(yield* proxy({ cloud: origin, bundle: peerBundle })) }),
      ...(hasNginx ? { "nginx proxy_pass": loadOf(yield* nginx(origin, false)) } : {})
    }
    const goals = { "bare node:http + undici": 0.42, "@fastify/http-proxy": 0.65, "the other build": 3.5 }
    const figures = yield* rounds(contenders, count)

    // Half of what the proxy can, by connections that wait between requests; what it adds is the difference.
    const pause = (1_000 * connections) / (median(figures.get("project") ?? []) / 2)
    const paced = (of: Load): Load => ({
      ...of,
      script: program("pacedMisses.lua"),
      args: [...(of.args ?? []), pause.toFixed(2)],
      seconds: 3
    })
    const added: Array<number> = []
    for (let round = 0; round < 3; round++) {
      const alone = yield* loaded(paced(contenders["bare node:http + undici"]))
      const ours = yield* loaded(paced(contenders.project))
      added.push(ours.p99 - alone.p99)
    }

    const ownBytes = yield* allocated({ cloud: origin })
    const otherBytes = peerBundle === undefined ? undefined : yield* allocated({ cloud: origin, bundle: peerBundle })
    return [
      rowOf({ what: "miss", unit: "/s", better: "more" }, "project", figures, goals),
      {
        what: "latency that a miss adds at half load, p99",
        unit: "ms",
        better: "less",
        value: median(added),
        peers: [],
        goal: 1
      },
      {
        what: "allocated for a miss",
        unit: "kB",
        better: "less",
        value: ownBytes / 1e3,
        peers:
          otherBytes === undefined
            ? []
            : [{ name: "the other build", value: otherBytes / 1e3, ratio: ownBytes / otherBytes, goal: 0.35 }]
      }
    ] satisfies ReadonlyArray<Row>
  }).pipe(Effect.scoped)
