import type { Server } from "node:http"
import { Server as NetServer } from "node:net"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Iterable from "effect/Iterable"
import type * as Latch from "effect/Latch"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Metrics from "../observability/Metrics.ts"
import type { ConnectionTracker } from "./ConnectionTracker.ts"

/** The times of a drain. The finish time is longer than a deadline. */
export const defaultDrainTimes = {
  /** Time for requests to end, and their answers to be taken. */
  finishTime: Duration.seconds(25),
  /**
   * Time that a connection without a request is kept after its last answer: a client that asks again and again has the
   * next request on its way by then.
   */
  keepAliveTime: Duration.seconds(1)
}

/** See {@link defaultDrainTimes}. */
export type DrainTimes = Readonly<typeof defaultDrainTimes>

/** Time without a new connection after which no client waits to be accepted. */
const silence = Duration.millis(20)

/** Interval of looking at the connections meanwhile. */
const interval = Duration.millis(10)

/**
 * Takes no more connections, closes those that are idle, and ends when all
 * others have been given what they are owed, to the last byte; or when the
 * finish time is over, with those that are left cut off, and counted.
 *
 * Node's own `close` would not do: it destroys connections whose answers are
 * written and not yet taken by the peer.
 *
 * @param answers is closed while answers have to wait
 * @source RFC 9112, section 9.6
 */
export const drain = (
  server: Server,
  connections: ConnectionTracker,
  answers: Latch.Latch,
  { finishTime, keepAliveTime }: DrainTimes
): Effect.Effect<void> =>
  Effect.gen(function* () {
    // A client that has its answer may ask again at once, over a new connection.
    yield* answers.close
    yield* acceptBacklog(server, keepAliveTime)
    NetServer.prototype.close.call(server)
    yield* answers.open
    // Bytes that have arrived are read before any connection counts as idle.
    yield* nextLoopTick
    yield* nextLoopTick
    const end = performance.now() + Duration.toMillis(finishTime)
    yield* Effect.repeat(
      Effect.sync(() => closeIdle(connections, Duration.toMillis(keepAliveTime))),
      { schedule: Schedule.spaced(interval), until: (left) => left === 0 || performance.now() >= end }
    )
    const requests = Iterable.reduce(connections.all(), 0, (sum, { pendingResponses }) => sum + pendingResponses.length)
    if (requests > 0) {
      yield* Metric.update(Metrics.cutRequests.drain, requests)
      yield* Effect.annotateLogs(Effect.logWarning("the grace is over: requests are cut off"), { requests })
    }
    connections.destroyAll()
    // Nothing is left that this could cut; it stops Node's own timers.
    server.close()
  })

/**
 * Drains the listen backlog: the kernel lets clients connect and send before
 * the process hears of them, and resets them when the process stops listening.
 */
const acceptBacklog = Effect.fnUntraced(function* (server: Server, most: Duration.Duration) {
  const start = performance.now()
  let knockedAt = start
  const onKnock = () => void (knockedAt = performance.now())
  server.on("connection", onKnock)
  yield* Effect.repeat(nextLoopTick, {
    schedule: Schedule.spaced(interval),
    until: () => {
      const now = performance.now()
      return now - knockedAt > Duration.toMillis(silence) || now - start > Duration.toMillis(most)
    }
  })
  server.off("connection", onKnock)
})

/** Closes what is idle, and tells how many connections are left. */
const closeIdle = (connections: ConnectionTracker, keepAliveTime: number): number => {
  const now = performance.now()
  let left = 0
  for (const connection of connections.all()) {
    left++
    const { hasBegun, pendingResponses, idleSince, socket } = connection
    if (pendingResponses.length === 0 && !hasBegun && now - idleSince >= keepAliveTime) socket.destroySoon()
  }
  return left
}

/** The event loop comes round: what has arrived is read. */
export const nextLoopTick = Effect.callback<void>((resume) => {
  const turn = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(turn))
})
