import type { LatestValue } from "./LatestValue.ts"
import type { ProjectEvents } from "./ProjectEvents.ts"
import { problemEvent } from "./SseEvents.ts"
import type { EventBatch, EventFeed } from "./SseStream.ts"
import type { ProjectState } from "./WatchedProject.ts"
import { isTransient } from "./WatchState.ts"

/** A reader of a project's events. */
export interface ProjectFeedOptions {
  readonly events: ProjectEvents
  readonly state: LatestValue<ProjectState>
  /** Id of the newest event that the reader says it has. */
  readonly lastEventId: string | undefined
  readonly proxy_request_id: string
}

/**
 * Sends a reader each event of a project after those that it has. It sends a `snapshot` to a reader that begins, to one
 * for which not all events since are kept, and after a problem that is over.
 */
export const projectFeed = ({ events, lastEventId, proxy_request_id, state }: ProjectFeedOptions): EventFeed => {
  let position = events.positionOf(lastEventId)
  let inARow = 0

  const summary = (merged = 0): EventBatch => {
    const { backups, complete } = state.current()
    position = events.position
    return { events: [events.snapshot({ backups, complete })], merged, isLast: false }
  }
  const next = (): EventBatch | undefined => {
    if (position === undefined) return summary()
    const { failure } = state.current()
    const piece = events.since(position)
    if (piece === undefined) return summary(events.position - position)
    if (piece.events.length > 0) {
      position = piece.position
      return { events: piece.events, merged: 0, isLast: false }
    }
    const before = inARow
    inARow = failure?.inARow ?? 0
    if (inARow === before) return undefined
    return failure === undefined
      ? summary()
      : { events: [problemEvent(failure.error, proxy_request_id)], merged: 0, isLast: !isTransient(failure.error) }
  }
  return { next, listen: state.listen }
}
