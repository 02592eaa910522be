import type { ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import { isRetryable } from "../errors/ErrorTable.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { isCircuitOpen } from "../resilience/CircuitBreaker.ts"
import { type Observation, type Seen, seen } from "./Observation.ts"
import type { PollingPolicy } from "./PollingPolicy.ts"

/** The state of one watch, which turns answers and failures into observations. */
export interface ObservationTracker {
  readonly saw: (response: ShowBackupResponse) => Seen
  /** Fails with the error if looking again cannot help. */
  readonly failed: (error: ShowBackupError) => Effect.Effect<Observation, ShowBackupError>
  /** Observes the last answer once more; `undefined` if the last look failed, or there was none. */
  readonly unchanged: () => Seen | undefined
}

/** Begins a watch. */
export const makeObservationTracker = ({ giveUpAtFailure }: PollingPolicy): ObservationTracker => {
  let before: Seen | undefined
  let inARow = 0
  const saw = (response: ShowBackupResponse) => {
    inARow = 0
    // A watch of a resource sees its newest backup: another backup starts anew.
    const isSame = before?.response.backup.id === response.backup.id
    return (before = seen(response, isSame ? before : undefined))
  }
  return {
    saw,
    failed: (error) => {
      if (error._tag === "BackupNotFound") {
        inARow = 0
        return Effect.succeed({ _tag: "Gone", error, response: before?.response })
      }
      // An open circuit sends nothing, so no look failed: the circuit's own probe is the next look.
      if (!isCircuitOpen(error)) inARow++
      return isRetryable(error) && inARow < giveUpAtFailure
        ? Effect.succeed({ _tag: "Missed", error, inARow })
        : Effect.fail(error)
    },
    unchanged: () => (before === undefined || inARow > 0 ? undefined : saw(before.response))
  }
}
