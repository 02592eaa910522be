import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import { StartFailed } from "../StartFailed.ts"
import { verdictAsJson } from "../upstream/VerdictAsJson.ts"
import { makeEnds } from "./Ends.ts"
import { makeGatheredMetrics } from "./GatheredMetrics.ts"
import { makeLedger } from "./Ledger.ts"
import type * as Line from "./Line.ts"
import { type Member, start } from "./Member.ts"
import type { OfPrimary, Order } from "./Questions.ts"

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

/**
 * Keeps so many workers up for as long as the scope lives, then has them
 * drain. One that ends is replaced, at once and then ever more slowly; where
 * workers end faster than that helps, the pool fails.
 */
export const make = Effect.fnUntraced(function* ({ first, key, onServing, patience, workers }: PoolOptions) {
  const members = new Map<number, Member>()
  const url = yield* Deferred.make<string>()
  const failed = yield* Deferred.make<never, StartFailed>()
  const ends = makeEnds(workers)
  const metrics = makeGatheredMetrics()
  let order = first
  let isStopping = false
  let hasServed = false
  const firstServes = yield* Deferred.make<void>()
  const background = yield* FiberSet.makeRuntime<never>()

  const serving = () => [...members.values()].filter(({ isServing }) => isServing)
  const each = <A>(ask: (member: Member) => Effect.Effect<A>, among: ReadonlyArray<Member> = serving()) =>
    Effect.forEach(among, (member) => Effect.raceFirst(Effect.asSome(ask(member)), gone(member)), {
      concurrency: "unbounded"
    })

  const ledger = makeLedger({
    told: (credential, verdict) => {
      for (const { line } of members.values()) {
        background(line.ask("hear", { credential, verdict: verdictAsJson(verdict) }))
      }
    },
    listening: () => serving().map(({ slot }) => slot),
    isStopping: () => isStopping
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

  const answersFor = (slot: number): Line.Answers<OfPrimary> => ({
    ...ledger.of(slot),
    assignment: () => Effect.sync(() => ({ ...order, first: first.files, worker: slot, workers, key })),
    serving: Effect.fnUntraced(function* (where) {
      const member = members.get(slot)
      if (member === undefined) return
      // What was put in force while it started.
      if (member.generation !== order.generation) yield* replaceIn(order, [member])
      member.isServing = true
      hasServed = true
      yield* onServing(serving().length)
      yield* Effect.logInfo("a worker serves").pipe(
        Effect.annotateLogs({ worker: slot, pid: member.child.process.pid })
      )
      yield* Deferred.succeed(firstServes, undefined)
      if (serving().length === workers) yield* Deferred.succeed(url, where)
    }),
    forget: (request) =>
      Effect.asVoid(
        each(
          ({ line }) => Effect.timeoutOption(line.ask("forget", request), answerTime),
          serving().filter((member) => member.slot !== slot)
        )
      )
  })

  /** Runs one worker until it ends. */
  const run = (slot: number) =>
    Effect.gen(function* () {
      const member = yield* start(slot, order.generation, answersFor(slot))
      members.set(slot, member)
      const how = yield* member.ended
      members.delete(slot)
      metrics.ended(member)
      yield* onServing(serving().length)
      yield* ledger.gone(slot)
      return how
    }).pipe(Effect.scoped)

  /** Runs one worker after another. */
  const keep = Effect.fnUntraced(function* (slot: number) {
    while (true) {
      const { code, signal } = yield* run(slot)
      if (isStopping) return
      if (!hasServed) return yield* fail("no worker could start", code ?? 1)
      yield* Metric.update(workerEnds, 1)
      yield* Effect.logError("a worker has ended").pipe(Effect.annotateLogs({ worker: slot, code, signal }))
      const sequel = ends.note(yield* Clock.currentTimeMillis)
      if (sequel._tag === "GiveUp") {
        return yield* fail(
          `workers have ended ${sequel.ends} times within ${Duration.toSeconds(sequel.within)} s, the last with ${signal ?? `code ${code}`}: see the log for why`,
          1
        )
      }
      yield* Effect.sleep(sequel.after)
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
      const ended = Effect.forEach(all, (member) => member.ended, { concurrency: "unbounded" })
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
      const verdict = ledger.known(`${generation}/${credential}`)
      return verdict?._tag === "Refused" ? verdict.until : undefined
    },
    metrics: Effect.andThen(
      Effect.suspend(() => Metric.update(workersServing, serving().length)),
      metrics.of(() => [...members.values()])
    )
  }
  return pool
})

/** How long a worker has to answer, before it counts as stuck. */
const answerTime = Duration.seconds(10)

const gone = ({ ended }: Member) => Effect.as(ended, Option.none())

const workersServing = Metric.gauge("cbr_proxy_workers", { description: "Worker processes that serve" })
const workerEnds = Metric.counter("cbr_proxy_worker_ends_total", {
  description: "Worker processes that ended without being told to",
  incremental: true
})
