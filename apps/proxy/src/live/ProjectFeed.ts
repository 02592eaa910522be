import type { LatestValue } from "./LatestValue.ts"
import type { ProjectEvents } from "./ProjectEvents.ts"
import type { ProjectState } from "./ProjectPoller.ts"
import { problemEvent } from "./SseEvents.ts"
import type { EventBatch, EventFeed } from "./SseStream.ts"
import { isTransient } from "./WatchState.ts"

/** A reader of a project's events that is to be told. */
export interface ProjectFeedOptions {
  readonly events: ProjectEvents
  readonly state: LatestValue<ProjectState>
  /** Id of the newest event that the reader says it has. */
  readonly lastEventId: string | undefined
  readonly proxy_request_id: string
}

/**
 * Tells a reader each event of a project after those that it has. One that
 * begins, or for which not all events since are kept, is told a `snapshot`,
 * and so is one that was told of a problem, when that is over.
 */
export const projectFeed = ({ events, lastEventId, proxy_request_id, state }: ProjectFeedOptions): EventFeed => {
  const known = events.positionOf(lastEventId)
  const reader = { position: known ?? events.position, inARow: 0 }

  const summary = (merged = 0): EventBatch => {
    const { backups, complete } = state.current()
    reader.position = events.position
    return { events: [events.snapshot({ backups, complete })], merged, isLast: false }
  }
  const next = (): EventBatch | undefined => {
    const { failure } = state.current()
    const piece = events.since(reader.position)
    if (piece === undefined) return summary(events.position - reader.position)
    if (piece.events.length > 0) {
      reader.position = piece.position
      return { events: piece.events, merged: 0, isLast: false }
    }
    const inARow = failure?.inARow ?? 0
    if (inARow === reader.inARow) return undefined
    reader.inARow = inARow
    return failure === undefined
      ? summary()
      : { events: [problemEvent(failure.error, proxy_request_id)], merged: 0, isLast: !isTransient(failure.error) }
  }
  return {
    opening: () => (known === undefined ? summary() : (next() ?? { events: [], merged: 0, isLast: false })),
    next,
    listen: state.listen
  }
}
