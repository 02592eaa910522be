import type { ShowBackupRequest } from "@cbr/domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { BackupClientService } from "../calls/BackupClient.ts"
import type { BackupClient } from "../calls/BackupClientConfig.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { makeEventSubscription } from "./EventSubscription.ts"
import type { Observation, ObservationOptions } from "./Observation.ts"
import { makeObservationTracker } from "./ObservationTracker.ts"
import { PollingPolicy } from "./PollingPolicy.ts"

/**
 * Observes a backup by asking again and again, at the pace of the
 * `PollingPolicy` in force. Each look is one `showBackup`, with its own time
 * limits and retries. Where the answer offers a stream of events, as that of a
 * proxy does, it is listened to, and the next look is made when it breaks.
 */
export const poll = (
  request: ShowBackupRequest,
  { untilExists = false }: ObservationOptions = {}
): Stream.Stream<Observation, ShowBackupError, BackupClient> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const policy = yield* PollingPolicy
      const client = yield* BackupClientService
      const sightings = makeObservationTracker(policy)
      const listening = yield* makeEventSubscription(client, sightings)

      const look = client.showBackup(request).pipe(
        Effect.map((response): Observation => {
          listening.offered(response)
          return sightings.saw(response)
        }),
        Effect.catch(sightings.failed)
      )
      const next = Effect.flatMap(listening.next, (heard) => (heard === undefined ? look : Effect.succeed(heard)))
      const pace = Schedule.modifyDelay(policy.schedule, ({ duration }) =>
        Effect.succeed(listening.isListening() ? Duration.zero : duration)
      )
      return Stream.fromEffectSchedule(next, pace).pipe(
        Stream.takeUntil(
          (observation) => observation._tag === "Gone" && !(untilExists && observation.response === undefined)
        )
      )
    })
  )
