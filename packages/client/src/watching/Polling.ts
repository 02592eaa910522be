import type { ShowBackupRequest } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { BackupClient } from "../BackupClient.ts"
import { isRetryable } from "../ErrorTable.ts"
import { isCircuitOpen } from "../resilience/Circuit.ts"
import type { ShowBackupError } from "../ShowBackupError.ts"
import { type Observation, type Seen, seen } from "./Observation.ts"
import { PollingPolicy } from "./PollingPolicy.ts"

/**
 * Observes a backup by asking again and again, at the pace of the
 * `PollingPolicy` in force. Each look is one `showBackup`, with its own time
 * limits and retries.
 */
export const poll = (request: ShowBackupRequest): Stream.Stream<Observation, ShowBackupError, BackupClient> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const policy = yield* PollingPolicy
      const client = yield* BackupClient
      let before: Seen | undefined
      let inARow = 0

      const look: Effect.Effect<Observation, ShowBackupError> = client.showBackup(request).pipe(
        Effect.map((response) => {
          inARow = 0
          return (before = seen(response, before))
        }),
        Effect.catch((error): Effect.Effect<Observation, ShowBackupError> => {
          if (error._tag === "BackupNotFound")
            return Effect.succeed({ _tag: "Gone", error, response: before?.response })
          // Nothing was asked, so nothing was missed: the circuit's own probe is the next look.
          if (!isCircuitOpen(error)) inARow++
          return isRetryable(error) && inARow < policy.giveUpAtFailure
            ? Effect.succeed({ _tag: "Missed", error, inARow })
            : Effect.fail(error)
        })
      )
      return Stream.fromEffectSchedule(look, policy.schedule).pipe(
        Stream.takeUntil((observation) => observation._tag === "Gone")
      )
    })
  )
