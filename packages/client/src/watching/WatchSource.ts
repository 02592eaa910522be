import type { ShowBackupResponse } from "@cbr/domain"
import type * as Effect from "effect/Effect"
import type { BackupClient } from "../calls/BackupClientConfig.ts"
import type { ShowBackupError } from "../errors/ShowBackupError.ts"
import type { Heed, OpenEvents } from "./EventSubscription.ts"

/** How what is watched is looked at. */
export interface WatchSource {
  /** One look. */
  readonly look: Effect.Effect<ShowBackupResponse, ShowBackupError, BackupClient>
  /** The events that the last look was offered, whatever came of it. */
  readonly events: OpenEvents
  readonly heed: Heed
}
