import type { BackupResp, ShowBackupResponse } from "@cbr/domain"
import { frameOf, type SseEvent } from "./SseEvents.ts"

/** A summary of a project's list. */
export interface ListSummary {
  /** Backups that are known. */
  readonly backups: number
  /** Whether the whole list has been read since the project is watched. */
  readonly complete: boolean
}

/** Most events that are kept for readers that are behind, and most bytes of them. */
const maxEvents = 1_024
const maxBytes = 4 * 1024 * 1024

/** Bytes of events that a reader is given at once. */
const pieceBytes = 48 * 1024

/** Events that a reader gets next, and how far it is then. */
export interface EventPiece {
  readonly events: ReadonlyArray<SseEvent>
  readonly position: number
}

/**
 * The newest events of a project's backups, numbered from 1, for readers that are more or less far behind:
 *
 * - `snapshot`: how many backups are known; the reader begins here, or has missed events, and lists what it needs;
 * - `new`: a backup that was not known, as ListBackups tells it, in ShowBackup's form;
 * - `changed`: another state of a backup that was known, likewise;
 * - `gone`: a backup that the service has no more; its id, name and resource.
 *
 * An id is the log's name and a number, so that the id of another replica's log, or of one before a restart, is told
 * apart.
 */
export class ProjectEvents {
  readonly #log: string
  #events: Array<SseEvent> = []
  #bytes = 0
  /** Number of the newest event. */
  #position = 0

  /** @param log a name that no other log has */
  constructor(log: string) {
    this.#log = log
  }

  /** Number of the newest event; 0 before the first. */
  get position(): number {
    return this.#position
  }

  /** Adds that a backup is new, or that it has changed. */
  told(name: "new" | "changed", { raw }: ShowBackupResponse): void {
    this.#add(name, raw)
  }

  /** Adds that a backup is gone. */
  gone({ id, name, resource_id, resource_name }: BackupResp): void {
    this.#add("gone", JSON.stringify({ backup: { id, name, resource_id, resource_name } }))
  }

  /** The event that a reader begins with, or that takes the place of those that it missed. */
  snapshot(summary: ListSummary): SseEvent {
    return frameOf("snapshot", JSON.stringify(summary), this.#idOf(this.#position))
  }

  /** The position of a reader that has the event of this id; `undefined` if the events since are not kept. */
  positionOf(id: string | undefined): number | undefined {
    const number = id?.startsWith(`${this.#log}-`) === true ? id.slice(this.#log.length + 1) : ""
    const position = /^\d{1,15}$/.test(number) ? Number(number) : undefined
    return position !== undefined && this.#keeps(position) ? position : undefined
  }

  /** The events after a position, as many as one piece holds; `undefined` if not all of them are kept. */
  since(position: number): EventPiece | undefined {
    if (!this.#keeps(position)) return undefined
    const from = this.#events.length - (this.#position - position)
    const events: Array<SseEvent> = []
    let bytes = 0
    for (let index = from; index < this.#events.length; index++) {
      const event = this.#events[index]!
      if (events.length > 0 && bytes + event.frame.length > pieceBytes) break
      bytes += event.frame.length
      events.push(event)
    }
    return { events, position: position + events.length }
  }

  #keeps(position: number): boolean {
    return position <= this.#position && position >= this.#position - this.#events.length
  }

  #add(name: "new" | "changed" | "gone", data: string): void {
    this.#position++
    const event = frameOf(name, data, this.#idOf(this.#position))
    this.#events.push(event)
    this.#bytes += event.frame.length
    let dropped = 0
    while (this.#events.length - dropped > maxEvents || (this.#bytes > maxBytes && this.#events.length - dropped > 1)) {
      this.#bytes -= this.#events[dropped++]!.frame.length
    }
    // Dropped together, since each time moves all that stay.
    if (dropped > 0) this.#events = this.#events.slice(dropped)
  }

  #idOf(position: number): string {
    return `${this.#log}-${position}`
  }
}
