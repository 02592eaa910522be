import type { LatestValue } from "./LatestValue.ts"
import { eventsSince, type Cursor } from "./SseEvents.ts"
import type { EventBatch, EventFeed } from "./SseStream.ts"
import type { WatchState } from "./WatchState.ts"

/** A reader of one backup's events that is to be told. */
export interface BackupFeedOptions {
  readonly latest: LatestValue<WatchState>
  /** The standing that it begins with; not without a sighting or trouble. */
  readonly first: WatchState
  readonly cursor: Cursor
  readonly proxy_request_id: string
}

/** Tells a reader the newest state of a backup, and none of those before it that it was too slow for. */
export const backupFeed = ({ first, latest, proxy_request_id, cursor }: BackupFeedOptions): EventFeed => {
  const reader = { cursor, state: first }
  const tell = (state: WatchState): EventBatch => {
    const news = eventsSince(reader.cursor, state, proxy_request_id)
    reader.cursor = news.cursor
    reader.state = state
    return news
  }
  return {
    opening: () => tell(first),
    next: () => {
      const state = latest.current()
      return state === reader.state ? undefined : tell(state)
    },
    listen: latest.listen
  }
}
