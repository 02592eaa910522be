import type { Piece, Telling } from "./EventStream.ts"
import type { Newest } from "./Newest.ts"
import type { Standing } from "./Standing.ts"
import { newsOf, type Told } from "./WatchEvents.ts"

/** A reader of one backup's events that is to be told. */
export interface BackupTellingOptions {
  readonly newest: Newest<Standing>
  /** The standing that it begins with; not without a sighting or trouble. */
  readonly first: Standing
  readonly told: Told
  readonly proxy_request_id: string
}

/** Tells a reader the newest state of a backup, and none of those before it that it was too slow for. */
export const backupTelling = ({ first, newest, proxy_request_id, told }: BackupTellingOptions): Telling => {
  const reader = { told, standing: first }
  const tell = (standing: Standing): Piece => {
    const news = newsOf(reader.told, standing, proxy_request_id)
    reader.told = news.told
    reader.standing = standing
    return news
  }
  return {
    opening: () => tell(first),
    next: () => {
      const standing = newest.current()
      return standing === reader.standing ? undefined : tell(standing)
    },
    listen: newest.listen
  }
}
