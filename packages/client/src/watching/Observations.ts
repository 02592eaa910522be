import type { ShowBackupRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import type * as Stream from "effect/Stream"
import type { BackupClient } from "../calls/BackupClientConfig.ts"
import type { ResourceFilter } from "../calls/LatestBackup.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { Observation, ObservationOptions } from "./Observation.ts"
import { poll } from "./Polling.ts"

/**
 * Where `changes` and `waitUntil` learn how a backup, or the newest one of a
 * resource, stands: by polling, unless
 * another source is provided, such as the events of a proxy.
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
