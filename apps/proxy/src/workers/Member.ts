import cluster, { type Worker as Child } from "node:cluster"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Line from "./Line.ts"
import type { OfPrimary, OfWorkers } from "./Questions.ts"

/** One worker's process, as its primary process sees it. */
export interface Member {
  readonly slot: number
  readonly child: Child
  readonly line: Line.Line<OfWorkers>
  /** Succeeds when the process has ended. */
  readonly ended: Effect.Effect<Ended>
  /** The configuration that is in force there. */
  generation: number
  isServing: boolean
  /** As they were when it was last asked. */
  metrics: string
}

/** How a process has ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

/** Starts a worker, which is answered as long as the scope lives. */
export const start = Effect.fnUntraced(function* (slot: number, generation: number, answers: Line.Answers<OfPrimary>) {
  const child = cluster.fork()
  const ended = yield* Deferred.make<Ended>()
  child.once("exit", (code, signal) => Deferred.doneUnsafe(ended, Effect.succeed({ code, signal })))
  const line = yield* Line.make<OfWorkers, OfPrimary>(channelOf(child), answers)
  const member: Member = {
    slot,
    child,
    line,
    ended: Deferred.await(ended),
    generation,
    isServing: false,
    metrics: ""
  }
  return member
})

const channelOf = (child: Child): Line.Channel => ({
  // Whatever is said to one that has ended is for nobody.
  send: (message) => void child.process.send(message as object, undefined, undefined, () => undefined),
  listen: (hear) => {
    child.on("message", hear)
    return () => void child.off("message", hear)
  }
})
