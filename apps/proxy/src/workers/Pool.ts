import cluster, { type Worker as Child } from "node:cluster"
import { AuthenticationFailed } from "@cbr/client"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { makeUsedSignatures } from "../callers/UsedSignatures.ts"
import { StartFailed } from "../StartFailed.ts"
import { makeTurnKeeper } from "../upstream/CredentialTurns.ts"
import * as Line from "./Line.ts"
import { countsOf, merged } from "./MergedMetrics.ts"
import { type OfPrimary, type OfWorkers, type Order, verdictAsJson } from "./Questions.ts"

/** What a primary process runs. */
export interface PoolOptions {
  readonly workers: number
  /** What callers must show, where no configuration says who they are. */
  readonly key: string
  /** The configuration to begin with. */
  readonly first: Order
  /** How long workers have to end; those that have not are killed. */
  readonly patience: Duration.Duration
  /** Told how many serve, each time when that changes. */
  readonly onServing: (count: number) => Effect.Effect<void>
}

/** The workers of a primary process. */
export interface Pool {
  /** Where they listen; succeeds when all do. */
  readonly url: Effect.Effect<string>
  /** Fails when they cannot be kept up. */
  readonly failed: Effect.Effect<never, StartFailed>
  /** Has each make what follows from a configuration, and puts it in force if all could; else says what is wrong with it. */
  readonly replace: (order: Order) => Effect.Effect<ReadonlyArray<string>>
  /** Until when a credential of a configuration is not used because the cloud refused it, in milliseconds since 1970. */
  readonly refusedUntil: (generation: number, credential: string) => number | undefined
  /** The metrics of this process and of them all, as Prometheus text. */
  readonly metrics: Effect.Effect<string>
}

interface Member {
  readonly slot: number
  readonly child: Child
  readonly line: Line.Line<OfWorkers>
  /** Completed when the process has ended. */
  readonly ended: Deferred.Deferred<void>
  generation: number
  isServing: boolean
  metrics: string
}

/**
 * Keeps so many workers up for as long as the scope lives, then has them
 * drain. One that ends is replaced, at once and then ever more slowly; where
 * workers end faster than that helps, the pool fails.
 */
export const make = Effect.fnUntraced(function* ({ first, key, onServing, patience, workers }: PoolOptions) {
  const members = new Map<number, Member>()
  const url = yield* Deferred.make<string>()
  const failed = yield* Deferred.make<never, StartFailed>()
  let order = first
  let ends: ReadonlyArray<number> = []
  let countsOfEnded = ""
  let isStopping = false
  let hasServed = 0
  const firstServes = yield* Deferred.make<void>()
  const background = yield* FiberSet.makeRuntime<never>()

  const serving = () => [...members.values()].filter(({ isServing }) => isServing)
  const each = <A>(ask: (member: Member) => Effect.Effect<A>, among: ReadonlyArray<Member> = serving()) =>
    Effect.forEach(among, (member) => Effect.raceFirst(Effect.asSome(ask(member)), gone(member)), {
      concurrency: "unbounded"
    })

  const signatures = makeUsedSignatures()
  const keeper = makeTurnKeeper((credential, verdict) => {
    for (const { line } of members.values()) {
      background(line.ask("hear", { credential, verdict: verdictAsJson(verdict) }))
    }
  })

  const replaceIn = (next: Order, among: ReadonlyArray<Member>) =>
    Effect.gen(function* () {
      const faults = yield* each(
        ({ line, slot }) =>
          Effect.timeoutOrElse(line.ask("prepare", next), {
            duration: answerTime,
            orElse: () => Effect.succeed([`worker ${slot} does not answer`])
          }),
        among
      )
      const found = [...new Set(faults.flatMap((said) => (Option.isSome(said) ? said.value : [])))]
      yield* each((member) => {
        if (found.length === 0) member.generation = next.generation
        return Effect.timeoutOption(member.line.ask("decide", found.length === 0), answerTime)
      }, among)
      return found
    })

  const answersFor = (slot: number): Line.Answers<OfPrimary> => {
    const turns = keeper.of(String(slot))
    return {
      assignment: () => Effect.sync(() => ({ ...order, worker: slot, workers, key })),
      serving: Effect.fnUntraced(function* (where) {
        const member = members.get(slot)
        if (member === undefined) return
        // What was put in force while it started.
        if (member.generation !== order.generation) yield* replaceIn(order, [member])
        member.isServing = true
        hasServed++
        yield* onServing(serving().length)
        yield* Effect.logInfo("a worker serves").pipe(
          Effect.annotateLogs({ worker: slot, pid: member.child.process.pid })
        )
        yield* Deferred.succeed(firstServes, undefined)
        if (serving().length === workers) yield* Deferred.succeed(url, where)
      }),
      take: (credential) =>
        Effect.map(turns.take(credential), (verdict) => (verdict === undefined ? null : verdictAsJson(verdict))),
      accepted: turns.accepted,
      refused: ({ credential, error }) => turns.refused(credential, decodeError(error)),
      undecided: turns.undecided,
      use: signatures.use,
      forget: (request) =>
        Effect.asVoid(
          each(
            ({ line }) => Effect.timeoutOption(line.ask("forget", request), answerTime),
            serving().filter((member) => member.slot !== slot)
          )
        )
    }
  }

  /** Runs one worker until it ends. */
  const run = (slot: number) =>
    Effect.gen(function* () {
      const child = cluster.fork()
      const ended = yield* Deferred.make<void>()
      const line = yield* Line.make<OfWorkers, OfPrimary>(channelOf(child), answersFor(slot))
      const member: Member = { slot, child, line, ended, generation: order.generation, isServing: false, metrics: "" }
      members.set(slot, member)
      const how = yield* Effect.callback<{ readonly code: number | null; readonly signal: string | null }>((resume) => {
        child.once("exit", (code, signal) => resume(Effect.succeed({ code, signal })))
      })
      members.delete(slot)
      yield* onServing(serving().length)
      countsOfEnded = merged([{ text: countsOfEnded }, { text: countsOf(member.metrics) }])
      yield* Deferred.succeed(ended, undefined)
      yield* keeper.gone(String(slot))
      return { ...how, hasServed: member.isServing }
    }).pipe(Effect.scoped)

  /** Runs one worker after another. */
  const keep = Effect.fnUntraced(function* (slot: number) {
    while (true) {
      const { code, signal } = yield* run(slot)
      if (isStopping) return
      if (hasServed === 0) return yield* fail("no worker could start", code ?? 1)
      yield* Metric.update(workerEnds, 1)
      const now = yield* Clock.currentTimeMillis
      ends = [...ends.filter((at) => now - at < Duration.toMillis(loopTime)), now]
      yield* Effect.logError("a worker has ended").pipe(Effect.annotateLogs({ worker: slot, code, signal }))
      if (ends.length >= Math.max(mostEnds, 2 * workers)) {
        return yield* fail(
          `workers have ended ${ends.length} times within ${Duration.toSeconds(loopTime)} s, the last with ${signal ?? `code ${code}`}: see the log for why`,
          1
        )
      }
      yield* Effect.sleep(Duration.millis(ends.length === 1 ? 0 : 50 * 2 ** ends.length))
    }
  })
  const fail = (message: string, exitCode: number) => Deferred.fail(failed, new StartFailed({ message, exitCode }))

  yield* Effect.forkScoped(
    Effect.gen(function* () {
      // The first alone: what keeps one from starting keeps them all, and is said once.
      yield* Effect.forkChild(keep(1))
      yield* Deferred.await(firstServes)
      for (let slot = 2; slot <= workers; slot++) yield* Effect.forkChild(keep(slot))
      return yield* Effect.never
    })
  )
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      isStopping = true
      const all = [...members.values()]
      for (const { child, isServing, line } of all) {
        if (isServing) background(line.ask("drain"))
        else child.process.kill("SIGTERM")
      }
      const ended = Effect.forEach(all, (member) => Deferred.await(member.ended), { concurrency: "unbounded" })
      // In a fiber that can be interrupted, as a finalizer cannot.
      if (Option.isSome(yield* Fiber.join(background(Effect.timeoutOption(ended, patience))))) return
      yield* Effect.logError("workers that did not end in time are killed")
      for (const { child } of members.values()) child.process.kill("SIGKILL")
      yield* ended
    })
  )

  const pool: Pool = {
    url: Deferred.await(url),
    failed: Deferred.await(failed),
    replace: (next) =>
      Effect.tap(replaceIn(next, serving()), (faults) =>
        Effect.sync(() => {
          if (faults.length === 0) order = next
        })
      ),
    refusedUntil: (generation, credential) => {
      const verdict = keeper.known(`${generation}/${credential}`)
      return verdict?._tag === "Refused" ? verdict.until : undefined
    },
    metrics: Effect.gen(function* () {
      yield* Metric.update(workersServing, serving().length)
      yield* each((member) =>
        Effect.map(Effect.timeoutOption(member.line.ask("metrics"), metricsTime), (text) => {
          // One that is too busy to answer shows as it was.
          if (Option.isSome(text)) member.metrics = text.value
        })
      )
      return merged([
        { text: yield* PrometheusMetrics.format() },
        { text: countsOfEnded },
        ...[...members.values()].map(({ metrics, slot }) => ({ worker: String(slot), text: metrics }))
      ])
    })
  }
  return pool
})

/** How long a worker has to answer, before it counts as stuck. */
const answerTime = Duration.seconds(10)

/** The same for its metrics, which a scraper waits for. */
const metricsTime = Duration.seconds(1)

/** So many ends of workers in so short a time are a loop. */
const mostEnds = 5
const loopTime = Duration.seconds(60)

const gone = ({ ended }: Member) => Effect.as(Deferred.await(ended), Option.none())

const decodeError = Schema.decodeUnknownSync(AuthenticationFailed)

const channelOf = (child: Child): Line.Channel => ({
  // Whatever is said to one that has ended is for nobody.
  send: (message) => void child.process.send(message as object, undefined, undefined, () => undefined),
  listen: (hear) => {
    child.on("message", hear)
    return () => void child.off("message", hear)
  }
})

const workersServing = Metric.gauge("cbr_proxy_workers", { description: "Worker processes that serve" })
const workerEnds = Metric.counter("cbr_proxy_worker_ends_total", {
  description: "Worker processes that ended without being told to",
  incremental: true
})
