import type { LatestValue } from "./LatestValue.ts"
import { deletedEvent, problemEvent, type SseEvent, stateEvent } from "./SseEvents.ts"
import type { EventBatch, EventFeed } from "./SseStream.ts"
import { isTransient, type WatchState } from "./WatchState.ts"

/** A reader of one backup's events. */
export interface BackupFeedOptions {
  /** The state of the backup, with an observation or a failure. */
  readonly latest: LatestValue<WatchState>
  /** The entity tag of the newest state that the reader says it has. */
  readonly lastEventId: string | undefined
  readonly proxy_request_id: string
}

/**
 * Sends a reader the newest state of a backup and then the failure, if any. A slow reader gets none of the states in
 * between.
 */
export const backupFeed = ({ lastEventId, latest, proxy_request_id }: BackupFeedOptions): EventFeed => {
  // The tag of a compressed body is that of the body itself with a suffix.
  let etag = lastEventId?.replace(/-(?:br|gzip)"$/, '"')
  let told: WatchState | undefined

  const eventsOf = ({ failure, observation }: WatchState): Array<SseEvent> => {
    const events: Array<SseEvent> = []
    if (observation?._tag === "Seen") {
      const isNew = observation.entry.identity.etag !== etag
      const isOver = told?.failure !== undefined && failure === undefined
      const name = told === undefined || !isNew ? "snapshot" : observation.atRest ? "stable" : "changed"
      if (isNew || isOver) events.push(stateEvent(observation, name))
      etag = observation.entry.identity.etag
    }
    if (failure !== undefined && failure.inARow !== told?.failure?.inARow) {
      events.push(problemEvent(failure.error, proxy_request_id))
    }
    return events
  }
  const next = (): EventBatch | undefined => {
    const state = latest.current()
    if (state === told) return undefined
    const { changes, failure, observation } = state
    const merged = told === undefined ? 0 : Math.max(0, changes - told.changes - 1)
    if (observation?._tag === "Gone" && failure === undefined) {
      return { events: [deletedEvent(observation.error, proxy_request_id)], merged, isLast: true }
    }
    const events = eventsOf(state)
    told = state
    return { events, merged, isLast: failure !== undefined && !isTransient(failure.error) }
  }
  return { next, listen: latest.listen }
}
