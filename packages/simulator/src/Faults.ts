import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Endpoints } from "./Endpoints.ts"
import type { Fault } from "./Fault.ts"
import type { Listener } from "./RequestLog.ts"
import { reservedFaults } from "./ReservedFaults.ts"

/** The requests that a fault is for: those of one backup id, or all of one listener. */
export type FaultTarget = Listener | { readonly backup_id: string }

/** The faults that wait for their request. */
export class Faults extends Context.Service<
  Faults,
  {
    /**
     * Queues a fault for the next `times` requests (1 unless given, `Infinity` for all) of its target.
     * Faults of one target are used up in the order of injection; those of a backup id come before those of a listener.
     */
    readonly inject: (
      fault: Fault,
      options: { readonly on: FaultTarget; readonly times?: number }
    ) => Effect.Effect<void>
    /** Takes back every injected fault. The reserved ids stay as they are. */
    readonly clear: Effect.Effect<void>
    /** Takes the fault for a request out of its queue. */
    readonly next: (listener: Listener, path: string) => Effect.Effect<Fault | undefined>
  }
>()("@cbr/simulator/Faults") {
  static readonly layer = Layer.effect(
    Faults,
    Effect.gen(function* () {
      const { iam } = yield* Endpoints
      // Its own log shows whether a client followed the redirect to another origin.
      const reserved = new Map(reservedFaults(`${iam}/v3/projects`).map(({ backup_id, fault }) => [backup_id, fault]))
      const queues = new Map<string, Array<{ readonly fault: Fault; times: number }>>()

      const take = (target: string): Fault | undefined => {
        const queue = queues.get(target)
        const head = queue?.[0]
        if (queue === undefined || head === undefined) return undefined
        head.times -= 1
        if (head.times <= 0) queue.shift()
        return head.fault
      }

      return Faults.of({
        inject: (fault, { on, times = 1 }) =>
          Effect.sync(() => {
            const target = typeof on === "string" ? on : on.backup_id.toLowerCase()
            queues.set(target, [...(queues.get(target) ?? []), { fault, times }])
          }),
        clear: Effect.sync(() => queues.clear()),
        next: (listener, path) =>
          Effect.sync(() => {
            const backup_id = listener === "cbr" ? backupPath.exec(path)?.[1]?.toLowerCase() : undefined
            if (backup_id === undefined) return take(listener)
            return take(backup_id) ?? take(listener) ?? reserved.get(backup_id)
          })
      })
    })
  )
}

const backupPath = /^\/v3\/[^/?]+\/backups\/([^/?]+)(?:\?|$)/
