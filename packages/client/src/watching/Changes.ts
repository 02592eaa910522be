import type { ShowBackupRequest, ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { BackupClient } from "../calls/BackupClient.ts"
import type { ResourceFilter } from "../calls/LatestBackup.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { Observation, ObservationOptions } from "./Observation.ts"
import { Observations } from "./Observations.ts"

/**
 * The options of a watch.
 * @category Watching
 * @since 0.1.0
 */
export interface WatchOptions {
  /** Hears every observation: for a status line, a log, a metric. */
  readonly onObservation?: ((observation: Observation) => Effect.Effect<void>) | undefined
}

/**
 * A backup whenever it differs, beginning with how it stands now; or the newest
 * backup of a server or disk, which may become another one.
 *
 * It differs when the domain's `diff` finds a change: a list in another order
 * or other white space is none. The stream ends when the backup is deleted, and
 * lives on for ever otherwise.
 *
 * The stream survives passing failures (the network, a 429, a 5xx) up to the policy's limit in a row, and tells
 * `onObservation` of them. It fails with any other error, and with `BackupNotFound` if the backup was never there.
 *
 * @example
 * ```ts
 * changes(request).pipe(
 *   Stream.takeUntil(({ backup }) => isAtRest(backup)),
 *   Stream.runForEach(({ backup }) => Console.log(backup.status))
 * )
 * ```
 * @category Watching
 * @since 0.1.0
 */
export const changes = (
  request: ShowBackupRequest | ResourceFilter,
  options: WatchOptions = {}
): Stream.Stream<ShowBackupResponse, ShowBackupError, BackupClient> =>
  observations(request, options).pipe(
    Stream.mapEffect((observation) =>
      observation._tag === "Gone" && observation.response === undefined
        ? Effect.fail(observation.error)
        : Effect.succeed(observation)
    ),
    Stream.flatMap((observation) =>
      observation._tag === "Seen" && observation.differs ? Stream.succeed(observation.response) : Stream.empty
    )
  )

/** Every observation of a backup; the hook hears each one at once. */
export const observations = (
  request: ShowBackupRequest | ResourceFilter,
  { onObservation, ...options }: WatchOptions & ObservationOptions
): Stream.Stream<Observation, ShowBackupError, BackupClient> => {
  const all = Stream.unwrap(Effect.map(Observations, (observe) => observe(request, options)))
  return onObservation === undefined ? all : Stream.tap(all, onObservation)
}
