import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { HttpLimits } from "../http/HttpLimits.ts"
import * as Metrics from "../observability/Metrics.ts"
import type { Connection, ConnectionTracker } from "./ConnectionTracker.ts"

/**
 * Holds what peers leave unread, all together, to a limit while the scope
 * lives: beyond it the connection that has taken nothing for longest is
 * closed, and the next, until the rest is within the limit. A peer that reads
 * slowly but reads is not among them while another does not read at all.
 */
export const limitSendBuffers = (
  connections: ConnectionTracker,
  { checkInterval, unsentBytesInAll }: HttpLimits
): Effect.Effect<void, never, Scope.Scope> => {
  /** Bytes of a connection's answers that the system had taken when their number last grew, and the time of that. */
  const progress = new WeakMap<Connection, { readonly taken: number; readonly at: number }>()

  const idleSince = (connection: Connection, now: number): number => {
    const taken = connection.socket.bytesWritten - connection.socket.writableLength
    const before = progress.get(connection)
    if (before?.taken === taken) return before.at
    progress.set(connection, { taken, at: now })
    return now
  }

  const check = Effect.gen(function* () {
    const now = performance.now()
    const unread = Array.from(connections.all(), (connection) => ({
      connection,
      bytes: connection.unsentBytes,
      since: idleSince(connection, now)
    })).filter(({ bytes }) => bytes > 0)
    let inAll = unread.reduce((sum, { bytes }) => sum + bytes, 0)
    yield* Metric.update(Metrics.unsentBytes, inAll)
    if (inAll <= unsentBytesInAll) return

    let requests = 0
    for (const { bytes, connection } of unread.toSorted((one, other) => one.since - other.since)) {
      if (inAll <= unsentBytesInAll) break
      inAll -= bytes
      requests += connection.pendingResponses.length
      connection.socket.destroy()
    }
    yield* Metric.update(Metrics.cutRequests.unread, requests)
    yield* Effect.annotateLogs(Effect.logWarning("too much is unread: answers are cut off"), { requests })
  })

  return Effect.asVoid(Effect.forkScoped(Effect.repeat(check, Schedule.spaced(checkInterval))))
}
