import type { Piece, Telling } from "./EventStream.ts"
import type { Newest } from "./Newest.ts"
import type { ProjectEvents } from "./ProjectEvents.ts"
import type { ProjectStanding } from "./ProjectPoller.ts"
import { passes } from "./Standing.ts"
import { problemEvent } from "./WatchEvents.ts"

/** A reader of a project's events that is to be told. */
export interface ProjectTellingOptions {
  readonly events: ProjectEvents
  readonly standing: Newest<ProjectStanding>
  /** Id of the newest event that the reader says it has. */
  readonly lastEventId: string | undefined
  readonly proxy_request_id: string
}

/**
 * Tells a reader each event of a project after those that it has. One that
 * begins, or for which not all events since are kept, is told a `snapshot`,
 * and so is one that was told of a problem, when that is over.
 */
export const projectTelling = ({ events, lastEventId, proxy_request_id, standing }: ProjectTellingOptions): Telling => {
  const known = events.positionOf(lastEventId)
  const reader = { position: known ?? events.position, inARow: 0 }

  const summary = (merged = 0): Piece => {
    const { backups, complete } = standing.current()
    reader.position = events.position
    return { events: [events.snapshot({ backups, complete })], merged, isLast: false }
  }
  const next = (): Piece | undefined => {
    const { trouble } = standing.current()
    const piece = events.since(reader.position)
    if (piece === undefined) return summary(events.position - reader.position)
    if (piece.events.length > 0) {
      reader.position = piece.position
      return { events: piece.events, merged: 0, isLast: false }
    }
    const inARow = trouble?.inARow ?? 0
    if (inARow === reader.inARow) return undefined
    reader.inARow = inARow
    return trouble === undefined
      ? summary()
      : { events: [problemEvent(trouble.error, proxy_request_id)], merged: 0, isLast: !passes(trouble.error) }
  }
  return {
    opening: () => (known === undefined ? summary() : (next() ?? { events: [], merged: 0, isLast: false })),
    next,
    listen: standing.listen
  }
}
