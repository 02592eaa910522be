import { type ListedPage, ListPaging, newestFirstSort as sort } from "@cbr/client"
import { isAtRest, type ListBackupsRequest, type ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { FetchError } from "../cache/CacheResult.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { makeLatestValue, type LatestValue } from "./LatestValue.ts"
import { retryDelay } from "./PollInterval.ts"
import type { ListSummary, ProjectEvents } from "./ProjectEvents.ts"
import { type InventoryChange, ProjectInventory } from "./ProjectInventory.ts"
import type { WatchFailure } from "./WatchState.ts"

/** A page of the list, read. */
export interface ReadPage extends ListedPage {
  /** Time at which the service gave it, in milliseconds since 1970. */
  readonly at: number
}

/**
 * Reads a page of a project's list.
 *
 * @param maxAge of a page from the cache, in seconds; `undefined` for one that is fetched anew and not stored
 */
export type ReadPages = (request: ListBackupsRequest, maxAge: number | undefined) => Effect.Effect<ReadPage, FetchError>

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

/** Backups on a page of the newest ones, and pages of them that a look reads at most. */
const newestLimit = 100
const maxNewestPages = 10

/** Backups at the end of such a page that decide whether the next one is read. */
const atEnd = 20

/** Backups on a page of a pass, unless so many are too large. */
const passLimit = 1_000

/** Time that a pass has for each of its pages, so that a large list is passed through less often. */
const passPage = Duration.seconds(30)

/**
 * Follows the list of one project. It looks at the newest backups, on as many pages as tell anything new or have
 * something under way, and passes through the whole list less often.
 *
 * Its calls are bounded. While something is under way, one page each `live.list_moving_seconds`; else one each
 * `live.list_at_rest_seconds`; and on the average one each 30 s for the passes, or fewer where the list has fewer than
 * 20 pages. A pass through 6,000 backups takes 7 calls, one through 100,000 takes 101. One that misses a backup is
 * followed by the next as soon as that average allows, which decides whether the backup is gone.
 */
export class ProjectPoller {
  readonly project_id: string
  readonly events: ProjectEvents
  readonly state: LatestValue<ProjectState> = makeLatestValue(initialProjectState)
  readonly inventory = new ProjectInventory()
  /** Time at which the service gave the newest page that was read, in milliseconds since 1970; 0 before the first. */
  readAt = 0
  readonly #read: ReadPages
  #pass: Pass | undefined
  #newestLimit = newestLimit
  /** Backups on the first page of the first pass. */
  #opened = 0
  /** Whether something was under way, or new, at the newest look. */
  #isMoving = true
  /** All of these are milliseconds since 1970. */
  #newestDue = Number.NEGATIVE_INFINITY
  #passDue = Number.NEGATIVE_INFINITY
  #passLimit = passLimit
  readonly #gone: Array<string> = []
  /** A cloud that does not know this parameter may refuse it; it is then asked without. */
  #extra: Pick<ListBackupsRequest, "show_replication"> = { show_replication: true }

  constructor(project_id: string, events: ProjectEvents, read: ReadPages) {
    this.project_id = project_id
    this.events = events
    this.#read = read
  }

  /** Does all that is due, and returns the time to wait before the next round. */
  readonly round: Effect.Effect<Duration.Duration> = Effect.suspend(() => this.#step()).pipe(
    Effect.repeat({ until: Duration.isPositive })
  )

  /**
   * Takes in ShowBackup's answer to another caller or poller for a backup of the list. Of any other it tells nothing: a
   * list never has the parts of a backup, which would be new by each answer and gone by the passes after it.
   */
  take(response: ShowBackupResponse): void {
    if (this.inventory.has(response.backup.id)) this.#learn([response])
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
    this.#tell({})
  }

  /** Does one thing that is due. */
  readonly #step = Effect.fnUntraced(function* (this: ProjectPoller): Effect.fn.Return<Duration.Duration> {
    const now = yield* Clock.currentTimeMillis
    if (this.#pass === undefined && now >= this.#passDue) this.#beginPass(now)
    const isNewestDue = this.state.current().isOpen && now >= this.#newestDue
    if (!isNewestDue && this.#pass === undefined) return untilDue(Math.min(this.#newestDue, this.#passDue), now)
    const looked = yield* Effect.result(isNewestDue ? this.#lookAtNewest() : this.#readOn(this.#pass!))
    if (Result.isSuccess(looked)) {
      this.#tell({ failure: undefined })
      return Duration.zero
    }
    const error = looked.failure
    if (error._tag === "ResponseTooLarge" && this.#shrink(isNewestDue)) return Duration.zero
    if (error._tag === "RequestRefused" && error.status_code === 400 && this.#extra.show_replication === true) {
      this.#extra = {}
      return Duration.zero
    }
    const failure = { error, inARow: (this.state.current().failure?.inARow ?? 0) + 1 }
    this.#tell({ failure })
    return retryDelay(failure, yield* Random.next, yield* LivePolicy)
  })

  #beginPass(now: number): void {
    this.#pass = { paging: new ListPaging({ first: this.#passLimit, largest: this.#passLimit }), began: now, pages: 0 }
    this.inventory.beginPass()
  }

  /** Asks for smaller pages from now on; whether that is possible. */
  #shrink(isNewest: boolean): boolean {
    if (isNewest) {
      if (this.#newestLimit === 1) return false
      this.#newestLimit = Math.ceil(this.#newestLimit / 4)
      return true
    }
    if (this.#pass?.paging.shrink() !== true) return false
    this.#passLimit = this.#pass.paging.window.limit
    return true
  }

  /** Reads the newest pages, as long as what stands at the end of one is news or under way. */
  readonly #lookAtNewest = Effect.fnUntraced(function* (this: ProjectPoller): Effect.fn.Return<void, FetchError> {
    const { list_at_rest_seconds, list_moving_seconds } = yield* LivePolicy
    // A little less than the interval, so that of several replicas the later ones find the first one's page.
    const maxAge = (this.#isMoving ? list_moving_seconds : list_at_rest_seconds) * 0.9
    const most = this.#mostNewestPages()
    let at = Number.POSITIVE_INFINITY
    let pages = 0
    let isMoving = false
    for (let goesOn = true; goesOn && pages < most; pages++) {
      const offset = pages * this.#newestLimit
      const request = { project_id: this.project_id, sort, limit: this.#newestLimit, offset, ...this.#extra }
      const page = yield* this.#read(request, maxAge)
      at = Math.min(at, page.at)
      this.readAt = Math.max(this.readAt, page.at)
      const news = this.#learn(page.backups, true)
      const isLively = (response: ShowBackupResponse) => news.has(response) || !isAtRest(response.backup)
      isMoving ||= page.backups.some(isLively)
      goesOn = page.backups.length >= this.#newestLimit && page.backups.slice(-atEnd).some(isLively)
    }
    this.#isMoving = isMoving
    const now = yield* Clock.currentTimeMillis
    const wait = 1_000 * (isMoving ? list_moving_seconds * pages : list_at_rest_seconds)
    const left = Math.min(wait, Math.max(wait / 10, wait - (now - at)))
    this.#newestDue = now + left * (1 + (yield* Random.next) / 20)
  })

  /** While the list has not been read once, what is behind its first page is not known, and would seem new. */
  #mostNewestPages(): number {
    return this.state.current().complete
      ? maxNewestPages
      : Math.min(maxNewestPages, Math.floor(this.#opened / 2 / this.#newestLimit))
  }

  /** Reads one page of a pass. */
  readonly #readOn = Effect.fnUntraced(function* (this: ProjectPoller, pass: Pass): Effect.fn.Return<void, FetchError> {
    const { paging } = pass
    const page = yield* this.#read({ project_id: this.project_id, sort, ...paging.window, ...this.#extra }, undefined)
    const { backups } = page
    this.readAt = Math.max(this.readAt, page.at)
    pass.pages++
    this.#learn(backups)
    paging.take(page)
    if (!this.state.current().isOpen) {
      this.#opened = backups.length
      this.#tell({ isOpen: true })
    }
    if (paging.isOver) this.#endPass(pass, yield* LivePolicy)
  })

  #endPass({ began, pages, paging }: Pass, { list_pass_minutes }: LivePolicy): void {
    // Of a list that may be incomplete nothing is known by what it lacks.
    const { gone, missing } = paging.incomplete === undefined ? this.inventory.endPass() : { gone: [], missing: 0 }
    for (const backup of gone) {
      this.events.gone(backup)
      if (backup.id !== undefined) this.#gone.push(backup.id)
    }
    this.#pass = undefined
    const soonest = pages * Duration.toMillis(passPage)
    this.#passDue = began + (missing > 0 ? soonest : Math.max(list_pass_minutes * 60_000, soonest))
    this.#tell({ isRead: true, complete: this.state.current().complete || paging.incomplete === undefined })
  }

  /**
   * Takes in an answer, and returns its news. Before the whole list has been read, an unknown backup may be old: it is
   * news only among the newest.
   */
  #learn(
    responses: ReadonlyArray<ShowBackupResponse>,
    isNewest = this.state.current().complete
  ): ReadonlySet<ShowBackupResponse> {
    const changes: Array<InventoryChange> = []
    for (const response of responses) {
      const change = this.inventory.take(response)
      if (change !== undefined && (isNewest || change.name === "changed")) changes.push(change)
    }
    // A list has the newest first; its events come in the order in which the backups were made.
    for (const change of changes.reverse()) this.events.told(change.name, change.response)
    if (changes.length > 0) this.#tell({})
    return new Set(changes.map(({ response }) => response))
  }

  #tell(fields: Partial<ProjectState>): void {
    const before = this.state.current()
    const after = { ...before, backups: this.inventory.size, position: this.events.position, ...fields }
    const names = Object.keys(after) as ReadonlyArray<keyof ProjectState>
    if (names.some((name) => after[name] !== before[name])) this.state.put(after)
  }
}

/** A reading of the whole list, under way. */
interface Pass {
  readonly paging: ListPaging
  /** In milliseconds since 1970. */
  readonly began: number
  /** That were read. */
  pages: number
}

const untilDue = (due: number, now: number) => Duration.millis(Math.max(1, due - now))
