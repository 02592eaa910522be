import * as Effect from "effect/Effect"
import { cores, output, secondsOf, type Served } from "./Machine.ts"

/** The load on a server. */
export interface Load {
  /** The server, whose time is counted. */
  readonly server: Served
  /** The path of its URL. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A script of wrk's that makes the requests. */
  readonly script?: string | undefined
  readonly args?: ReadonlyArray<string>
  readonly connections: number
  readonly seconds: number
}

/** The results of a load on a server. */
export interface Loaded {
  readonly answers: number
  /** Answers in a second of the server's processor: as many as in any second, where it has its core to itself. */
  readonly perSecond: number
  /** Milliseconds within which 99 of 100 requests were answered. */
  readonly p99: number
}

/** Loads a server from the other core. Dies when an answer is none of success: its speed is no figure. */
export const loaded = Effect.fnUntraced(function* ({
  args = [],
  connections,
  headers,
  path,
  script,
  seconds,
  server
}: Load) {
  const url = server.url + path
  const before = secondsOf(server)
  const text = yield* output(cores.load, [
    "wrk",
    "--threads=1",
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    "--latency",
    ...Object.entries(headers ?? {}).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
    ...(script === undefined ? [] : ["--script", script]),
    url,
    ...(args.length === 0 ? [] : ["--", ...args])
  ])
  if (/Non-2xx|Socket errors: .*(?:connect|timeout) [1-9]/.test(text))
    return yield* Effect.die(new Error(`${url}\n${text}`))
  const p99 = /99%\s+([\d.]+)(us|ms|s)\b/.exec(text)
  const answers = Number(/(\d+) requests in/.exec(text)?.[1])
  return {
    answers,
    perSecond: answers / (secondsOf(server) - before),
    p99: Number(p99?.[1]) * (p99?.[2] === "us" ? 1e-3 : p99?.[2] === "s" ? 1e3 : 1)
  } satisfies Loaded
})

/** Requests after which a server's code has been compiled for good. */
const warm = 40_000

/**
 * Loads the contenders side by side in each round, after so many requests that their compilers are done. They share the
 * core, so that whatever else slows the machine down slows all of them alike.
 */
export const rounds = Effect.fnUntraced(function* (contenders: Readonly<Record<string, Load>>, count: number) {
  const figures = new Map<string, Array<number>>(Object.keys(contenders).map((name) => [name, []]))
  for (const load of Object.values(contenders)) {
    let answered = 0
    for (let second = 0; answered < warm && second < 60; second++)
      answered += (yield* loaded({ ...load, seconds: 1 })).answers
  }
  const all = Object.entries(contenders)
  for (let round = 0; round < count; round++) {
    const results = yield* Effect.forEach(all, ([, load]) => loaded({ ...load, seconds: load.seconds * all.length }), {
      concurrency: "unbounded"
    })
    for (const [index, [name]] of all.entries()) figures.get(name)?.push(results[index]!.perSecond)
  }
  return figures
})
