import { type BackupResp, type ListBackupsPage, newestFirst, type ShowBackupResponse } from "@cbr/domain"

/**
 * A page of the list as it was read.
 * @category Calls
 * @since 0.2.0
 */
export interface ListedPage {
  readonly backups: ReadonlyArray<ShowBackupResponse>
  /** The members of the page beside its backups. */
  readonly page: ListBackupsPage
}

/**
 * Why a list may be incomplete:
 *
 * - `unsorted`: the server ignores `sort`, so that a change between two pages may hide a backup;
 * - `unpaged`: the server ignores `offset`, or changes faster than it is read: it gives the same backups again.
 * @category Calls
 * @since 0.2.0
 */
export type Incomplete = "unsorted" | "unpaged"

/**
 * The requested order. The id decides between backups of one moment, whose order could change between pages.
 * @category Calls
 * @since 0.2.0
 */
export const newestFirstSort = "created_at:desc,id:desc"

/**
 * The sizes of pages, in backups.
 * @category Calls
 * @since 0.2.0
 */
export interface PageSizes {
  readonly first: number
  /** Later pages grow up to this. */
  readonly largest: number
}

/**
 * The walk over the pages of a list that changes while it is read, the newest first.
 *
 * A page begins with the last backup of the page before, which proves that nothing lies between them. Where it begins
 * with an older one, a deletion has moved the list: the walk goes back, further each time, until pages meet. Backups that
 * were made meanwhile are newer than what was given last, and are passed over, as are doubles. So a server that honours
 * `sort` gives nothing twice, and nothing that stood still is missed, while no more is kept than the backups of one
 * moment. Of a server that does not, every id is kept from then on, and the list may be incomplete.
 * @category Calls
 * @since 0.2.0
 */
export class ListPagingState {
  #size: number
  #largest: number
  /** Backups from the newest on that were passed. */
  #covered = 0
  /** Backups of the covered part with which the next page begins. */
  #overlap = 0
  #isOver = false
  #isSorted = true
  #incomplete: Incomplete | undefined
  /** Whether a page had as many backups as its limit: then a page with fewer is the last. */
  #honoursLimit = false
  /** The moment of the oldest backup that was given. */
  #oldest = Number.POSITIVE_INFINITY
  /** The id that was given first of that moment. */
  #last: string | undefined
  /** Other ids that were given of it. */
  readonly #givenLast = new Set<string>()
  /** Ids that were given of no moment at all, and all ids once the order is lost. */
  readonly #given = new Set<string>()
  /** The oldest moment of the page before. */
  #lastMoment: number | undefined
  /** Pages in a row that brought nothing and led nowhere. */
  #idle = 0
  /** Times that going back ended at the beginning. */
  #restarts = 0

  constructor({ first, largest }: PageSizes) {
    this.#largest = Math.max(minPage, largest)
    this.#size = Math.min(Math.max(minPage, first), this.#largest)
  }

  /** The offset and limit of the next page. */
  get window(): { readonly offset: number; readonly limit: number } {
    return { offset: this.#covered - this.#overlap, limit: this.#size }
  }

  /** Whether the list has been read as far as it can be. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether the server honoured the order so far. */
  get isSorted(): boolean {
    return this.#isSorted
  }

  /** Why backups may be missing, if so. */
  get incomplete(): Incomplete | undefined {
    return this.#incomplete
  }

  /** Shrinks the next page after one that was too large; returns false if no smaller page can be asked for. */
  shrink(): boolean {
    if (this.#size <= minPage) return false
    this.#size = this.#largest = Math.max(minPage, Math.floor(this.#size / 4))
    return true
  }

  /** Takes the page of the {@link window}: those of its backups that were not given before, the newest first. */
  take({ backups, page: { count, limit: echo, received } }: ListedPage): ReadonlyArray<ShowBackupResponse> {
    const { limit, offset } = this.window
    if (this.#isSorted && !isDescending(backups)) this.#loseOrder()
    if (this.#isSorted && offset > 0 && this.#restarts < mostRestarts && !this.#meets(backups)) {
      this.#overlap = Math.min(this.#covered, this.#overlap * 8)
      if (this.#overlap === this.#covered) this.#restarts++
      this.#lastMoment = undefined
      return []
    }
    const asked = this.#covered - offset
    const fresh = backups.filter((response) => this.#give(response))
    this.#covered = offset + received
    // Whatever the number counts, one that is greater than all that came says that there is more.
    const hasMore = count !== undefined && count > this.#covered
    this.#endBy({ asked, echo, fresh: fresh.length, hasMore, limit, moment: momentOfLast(backups), received })
    this.#overlap = this.#isSorted ? Math.min(1, this.#covered) : 0
    this.#size = Math.min(this.#largest, this.#size * 4)
    if (!this.#isSorted) {
      if (!this.#isOver) this.#incomplete ??= "unsorted"
      fresh.sort((one, other) => newestFirst(one.backup, other.backup))
    }
    return fresh
  }

  #loseOrder(): void {
    this.#isSorted = false
    // The ids of the pages before were not kept: a backup newer than their end may be one of them, and is passed over.
    if (this.#oldest !== Number.POSITIVE_INFINITY) this.#incomplete = "unsorted"
    for (const key of this.#givenLast) this.#given.add(key)
    if (this.#last !== undefined) this.#given.add(this.#last)
  }

  #isOfLast(key: string): boolean {
    return key === this.#last || this.#givenLast.has(key)
  }

  /** Whether a page begins where the pages before end, or earlier. */
  #meets(backups: ReadonlyArray<ShowBackupResponse>): boolean {
    const first = backups.find(({ backup }) => backup.created_at !== undefined)
    // Without any moment there is no order that could tell.
    if (first === undefined) return backups.length > 0
    const moment = momentOf(first.backup) ?? 0
    return moment > this.#oldest || (moment === this.#oldest && this.#isOfLast(keyOf(first)))
  }

  /** Whether a backup is given for the first time; from then on it is known. */
  #give(response: ShowBackupResponse): boolean {
    const moment = momentOf(response.backup)
    const key = keyOf(response)
    // Newer than the last given backup: it was given itself, or was made while the list was read.
    if (moment !== undefined && moment > this.#oldest) return false
    if (moment === undefined || !this.#isSorted) return isAdded(this.#given, key)
    if (moment === this.#oldest) return key !== this.#last && isAdded(this.#givenLast, key)
    this.#oldest = moment
    this.#last = key
    // Most moments have one backup, so the set is mostly empty.
    if (this.#givenLast.size > 0) this.#givenLast.clear()
    return true
  }

  #endBy({ asked, echo, fresh, hasMore, limit, moment, received }: Ending): void {
    if (received === limit) this.#honoursLimit = true
    const isIdle = fresh === 0 && this.#lastMoment !== undefined && moment >= this.#lastMoment
    this.#idle = isIdle ? this.#idle + 1 : 0
    this.#lastMoment = moment
    if (fresh > 0) this.#restarts = 0
    if (received < limit && !hasMore && (echo === limit || this.#honoursLimit)) this.#isOver = true
    else if (fresh === 0 && received <= asked && (asked <= 1 || received === 0)) this.#isOver = true
    else if (this.#idle === mostIdle || this.#restarts === mostRestarts) {
      this.#isOver = true
      this.#incomplete = "unpaged"
    }
  }
}

interface Ending {
  /** Backups of the page that had been passed before, as the list stood then. */
  readonly asked: number
  /** The limit that the page names. */
  readonly echo: number | undefined
  readonly fresh: number
  /** Whether the page says that more backups match than have come. */
  readonly hasMore: boolean
  readonly limit: number
  readonly moment: number
  readonly received: number
}

/** A page of one could not overlap the one before and go on. */
const minPage = 2

const mostIdle = 2
const mostRestarts = 8

const isAdded = (keys: Set<string>, key: string): boolean => keys.size !== keys.add(key).size

const momentOf = ({ created_at }: BackupResp): number | undefined => created_at?.epochMicroseconds

const momentOfLast = (backups: ReadonlyArray<ShowBackupResponse>): number => {
  const last = backups.findLast(({ backup }) => backup.created_at !== undefined)
  return (last === undefined ? undefined : momentOf(last.backup)) ?? Number.NEGATIVE_INFINITY
}

const keyOf = ({ backup, raw }: ShowBackupResponse): string => backup.id?.toLowerCase() ?? raw

const isDescending = (backups: ReadonlyArray<ShowBackupResponse>): boolean => {
  let before = Number.POSITIVE_INFINITY
  for (const { backup } of backups) {
    const moment = momentOf(backup)
    if (moment === undefined) continue
    if (moment > before) return false
    before = moment
  }
  return true
}
