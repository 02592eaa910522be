import { type ListedPage, ListPagingState, newestFirstSort as sort } from "@cbr/client"
import { isAtRest, type ListBackupsRequest, type ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { FetchError } from "../cache/CacheResult.ts"
import { LivePolicy } from "../policy/LivePolicy.ts"
import { retryDelay } from "./PollInterval.ts"
import type { WatchedProject } from "./WatchedProject.ts"

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
  readonly #project: WatchedProject
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
  /** A cloud that does not know this parameter may refuse it; it is then asked without. */
  #extra: Pick<ListBackupsRequest, "show_replication"> = { show_replication: true }

  constructor(project: WatchedProject, read: ReadPages) {
    this.#project = project
    this.#read = read
  }

  /** Does all that is due, and returns the time to wait before the next round. */
  readonly round: Effect.Effect<Duration.Duration> = Effect.suspend(() => this.#step()).pipe(
    Effect.repeat({ until: Duration.isPositive })
  )

  /** Does one thing that is due. */
  readonly #step = Effect.fnUntraced(function* (this: ProjectPoller): Effect.fn.Return<Duration.Duration> {
    const now = yield* Clock.currentTimeMillis
    if (this.#pass === undefined && now >= this.#passDue) this.#beginPass(now)
    const isNewestDue = this.#project.state.current().isOpen && now >= this.#newestDue
    if (!isNewestDue && this.#pass === undefined) return untilDue(Math.min(this.#newestDue, this.#passDue), now)
    const looked = yield* Effect.result(isNewestDue ? this.#lookAtNewest() : this.#readOn(this.#pass!))
    if (Result.isSuccess(looked)) {
      this.#project.tell({ failure: undefined })
      return Duration.zero
    }
    const error = looked.failure
    if (error._tag === "ResponseTooLarge" && this.#shrink(isNewestDue)) return Duration.zero
    if (error._tag === "RequestRefused" && error.status_code === 400 && this.#extra.show_replication === true) {
      this.#extra = {}
      return Duration.zero
    }
    const failure = { error, inARow: (this.#project.state.current().failure?.inARow ?? 0) + 1 }
    this.#project.tell({ failure })
    return retryDelay(failure, yield* Random.next, yield* LivePolicy)
  })

  #beginPass(now: number): void {
    this.#pass = {
      paging: new ListPagingState({ first: this.#passLimit, largest: this.#passLimit }),
      began: now,
      pages: 0
    }
    this.#project.inventory.beginPass()
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
      const request = { project_id: this.#project.project_id, sort, limit: this.#newestLimit, offset, ...this.#extra }
      const page = yield* this.#read(request, maxAge)
      at = Math.min(at, page.at)
      const news = this.#project.learn(page, true)
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
    return this.#project.state.current().complete
      ? maxNewestPages
      : Math.min(maxNewestPages, Math.floor(this.#opened / 2 / this.#newestLimit))
  }

  /** Reads one page of a pass. */
  readonly #readOn = Effect.fnUntraced(function* (this: ProjectPoller, pass: Pass): Effect.fn.Return<void, FetchError> {
    const { paging } = pass
    const page = yield* this.#read(
      { project_id: this.#project.project_id, sort, ...paging.window, ...this.#extra },
      undefined
    )
    pass.pages++
    this.#project.learn(page)
    paging.take(page)
    if (!this.#project.state.current().isOpen) {
      this.#opened = page.backups.length
      this.#project.tell({ isOpen: true })
    }
    if (paging.isOver) this.#endPass(pass, yield* LivePolicy)
  })

  #endPass({ began, pages, paging }: Pass, { list_pass_minutes }: LivePolicy): void {
    const missing = this.#project.endPass(paging.incomplete === undefined)
    this.#pass = undefined
    const soonest = pages * Duration.toMillis(passPage)
    this.#passDue = began + (missing > 0 ? soonest : Math.max(list_pass_minutes * 60_000, soonest))
  }
}

/** A reading of the whole list, under way. */
interface Pass {
  readonly paging: ListPagingState
  /** In milliseconds since 1970. */
  readonly began: number
  /** That were read. */
  pages: number
}

const untilDue = (due: number, now: number) => Duration.millis(Math.max(1, due - now))
