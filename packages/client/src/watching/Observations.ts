import type { ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { BackupCalls } from "../calls/BackupCalls.ts"
import type { BackupClient } from "../calls/BackupClient.ts"
import { BackupClientService } from "../calls/BackupClientService.ts"
import type { ResourceFilter } from "../calls/LatestBackup.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import { makeEventSubscription, type WatchSource } from "./EventSubscription.ts"
import type { Observation, ObservationOptions } from "./Observation.ts"
import { makeObservationTracker } from "./ObservationTracker.ts"
import { PollingPolicy } from "./PollingPolicy.ts"
import { resourceWatchSource } from "./ResourceWatchSource.ts"

/**
 * The source of observations of a backup, or of the newest one of a resource, for `changes` and `waitUntil`: polling,
 * unless another source is provided, such as the events of a proxy.
 *
 * A source begins with how the backup stands now, ends after `Gone` unless the options say otherwise, and fails
 * with an error that looking again cannot help. What fails in passing it tells
 * as `Missed`.
 * @category Watching
 * @since 0.1.0
 */
export const Observations = Context.Reference<
  (
    request: ShowBackupRequest | ResourceFilter,
    options?: ObservationOptions
  ) => Stream.Stream<Observation, ShowBackupError, BackupClient>
>("@cbr/client/Observations", { defaultValue: () => poll })

/**
 * Observes a backup, or the newest backup of a server or disk, by asking again
 * and again, at the pace of the `PollingPolicy` in force. Each look at a backup
 * is one `showBackup`, each look at a resource one `latestBackup`, with their
 * own time limits and retries. Where the answer offers a stream of events, as
 * that of a proxy does, it is listened to, and the next look is made when it
 * breaks.
 */
const poll = (
  request: ShowBackupRequest | ResourceFilter,
  { untilExists = false }: ObservationOptions = {}
): Stream.Stream<Observation, ShowBackupError, BackupClient> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const policy = yield* PollingPolicy
      const client = yield* BackupClientService
      const sightings = makeObservationTracker(policy)
      const source = "backup_id" in request ? watchedBackup(client, request) : resourceWatchSource(client, request)
      const listening = yield* makeEventSubscription(sightings, source.heed)

      const look = source.look.pipe(
        Effect.map((response): Observation => sightings.saw(response)),
        Effect.catch(sightings.failed),
        Effect.tap(() => Effect.sync(() => listening.offered(source.events)))
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

/** A backup, by its id. */
const watchedBackup = (client: BackupCalls, request: ShowBackupRequest): WatchSource => {
  let last: ShowBackupResponse | undefined
  return {
    look: Effect.suspend(() => {
      last = undefined
      return Effect.tap(client.showBackup(request), (response) => Effect.sync(() => void (last = response)))
    }),
    events: (lastEventId) => (last === undefined ? undefined : client.events?.(last, lastEventId)),
    heed: ({ _tag }) => (_tag === "State" ? "tell" : "pass")
  }
}
