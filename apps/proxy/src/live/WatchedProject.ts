import type { ShowBackupResponse } from "@cbr/domain"
import { type LatestValue, makeLatestValue } from "./LatestValue.ts"
import type { ListSummary, ProjectEvents } from "./ProjectEvents.ts"
import { type InventoryChange, ProjectInventory } from "./ProjectInventory.ts"
import type { WatchFailure } from "./WatchState.ts"

/** The state of a project's list. Each change makes a new one. */
export interface ProjectState extends ListSummary {
  /** Whether its newest backups are known. */
  readonly isOpen: boolean
  /** Whether it has been read to its end, be it complete or not. */
  readonly isRead: boolean
  /** Number of the newest event. */
  readonly position: number
  /** `undefined` when the newest look did not fail. */
  readonly failure: WatchFailure | undefined
}

/** Before the first look. */
export const initialProjectState: ProjectState = {
  backups: 0,
  complete: false,
  isOpen: false,
  isRead: false,
  position: 0,
  failure: undefined
}

/** The knowledge of a watched project's list, for its subscribers: the backups, the events and the state. */
export class WatchedProject {
  readonly project_id: string
  readonly events: ProjectEvents
  readonly state: LatestValue<ProjectState> = makeLatestValue(initialProjectState)
  readonly inventory = new ProjectInventory()
  /** Time at which the service gave the newest page that was read, in milliseconds since 1970; 0 before the first. */
  readAt = 0
  readonly #gone: Array<string> = []

  constructor(project_id: string, events: ProjectEvents) {
    this.project_id = project_id
    this.events = events
  }

  /**
   * Takes in ShowBackup's answer to another caller or poller for a backup of the list. Of any other it tells nothing: a
   * list never has the parts of a backup, which would be new by each answer and gone by the passes after it.
   */
  take(response: ShowBackupResponse): void {
    if (this.inventory.has(response.backup.id)) this.#learn([response], true)
  }

  /** The backups that were found to be gone since this was last asked. */
  takeGone(): ReadonlyArray<string> {
    return this.#gone.splice(0)
  }

  /** Takes in that the service has a backup no more. */
  drop(backup_id: string): void {
    const backup = this.inventory.drop(backup_id)
    if (backup === undefined) return
    this.events.gone(backup)
    this.tell({})
  }

  /**
   * Takes in a page of the list, and returns its news. Before the whole list has been read, an unknown backup may be old:
   * it is news only among the newest.
   */
  learn(
    { at, backups }: { readonly at: number; readonly backups: ReadonlyArray<ShowBackupResponse> },
    isNewest = this.state.current().complete
  ): ReadonlySet<ShowBackupResponse> {
    this.readAt = Math.max(this.readAt, at)
    return this.#learn(backups, isNewest)
  }

  /**
   * Ends a reading of the list; returns the number of backups that it missed and that the next one may find to be gone.
   * A list that may be incomplete shows no backup to be gone.
   */
  endPass(isWhole: boolean): number {
    const { gone, missing } = isWhole ? this.inventory.endPass() : { gone: [], missing: 0 }
    for (const backup of gone) {
      this.events.gone(backup)
      if (backup.id !== undefined) this.#gone.push(backup.id)
    }
    this.tell({ isRead: true, complete: this.state.current().complete || isWhole })
    return missing
  }

  #learn(responses: ReadonlyArray<ShowBackupResponse>, isNewest: boolean): ReadonlySet<ShowBackupResponse> {
    const changes: Array<InventoryChange> = []
    for (const response of responses) {
      const change = this.inventory.take(response)
      if (change !== undefined && (isNewest || change.name === "changed")) changes.push(change)
    }
    // A list has the newest first; its events come in the order in which the backups were made.
    for (const change of changes.reverse()) this.events.told(change.name, change.response)
    if (changes.length > 0) this.tell({})
    return new Set(changes.map(({ response }) => response))
  }

  /** Puts these fields in the state, with the numbers of backups and events. */
  tell(fields: Partial<ProjectState>): void {
    const before = this.state.current()
    const after = { ...before, backups: this.inventory.size, position: this.events.position, ...fields }
    const names = Object.keys(after) as ReadonlyArray<keyof ProjectState>
    if (names.some((name) => after[name] !== before[name])) this.state.put(after)
  }
}
