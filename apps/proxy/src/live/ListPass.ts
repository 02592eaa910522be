/** Which page to ask for. */
export interface PageSought {
  readonly limit: number
  readonly offset: number
}

/** An element of a page, as far as a pass looks at it. */
export interface Listed {
  readonly id: string
  /** Microseconds since 1970; `undefined` if the service does not say. */
  readonly created_at: number | undefined
}

/** Elements of a page, unless pages of so many are too large. */
export const passLimit = 1_000

/** Elements that a page repeats of the page before: so many may be deleted between the two, and none is missed. */
const overlap = 10

/** How often a pass goes back to find where the page before ended. */
const maxStepsBack = 5

/** Pages that bring the same once more, one after the other, after which the service does not heed `offset`. */
const maxIdle = 3

/** Pages after which a pass ends, whatever comes: of the smallest limit, more than a project may have. */
const maxPages = 20_000

/**
 * One reading of a list that changes meanwhile, from the newest backup to the oldest. Pages overlap, so that a backup
 * that stood still is met even if others are deleted or made between two pages. A pass that cannot be sure of that is
 * not whole.
 */
export class ListPass {
  #limit: number
  #offset = 0
  #hasEnded = false
  #isWhole = true
  readonly #met = new Set<string>()
  /** When the oldest that was met was made, in microseconds since 1970. */
  #oldest = Number.POSITIVE_INFINITY
  #stepsBack = 0
  /** Id of the first element of the page before. */
  #first: string | undefined
  #idle = 0
  #pages = 0

  constructor(limit: number = passLimit) {
    this.#limit = limit
  }

  /** The page to ask for next; `undefined` at the end. */
  sought(): PageSought | undefined {
    return this.#hasEnded ? undefined : { limit: this.#limit, offset: this.#offset }
  }

  /** Whether the pass has met every backup that was there all the time. */
  get isWhole(): boolean {
    return this.#hasEnded && this.#isWhole
  }

  /** Pages that were read. */
  get pages(): number {
    return this.#pages
  }

  get limit(): number {
    return this.#limit
  }

  /** Halves the pages, since one was too large; whether that was possible. */
  halve(): boolean {
    if (this.#limit <= 2 * overlap) return false
    this.#limit = Math.floor(this.#limit / 2)
    return true
  }

  /** Takes the page that was sought. */
  took(page: ReadonlyArray<Listed>): void {
    this.#pages++
    if (this.#pages >= maxPages) return this.#end(false)
    if (this.#offset > 0 && !page.some(({ id }) => this.#met.has(id))) {
      if (this.#stepsBack++ === maxStepsBack) return this.#end(false)
      this.#offset = Math.max(0, this.#offset - overlap * 4 ** this.#stepsBack)
      return
    }
    if (!this.#isOrdered(page)) this.#isWhole = false
    const before = this.#met.size
    for (const { id } of page) this.#met.add(id)
    if (this.#met.size === before) {
      if (page.length <= overlap) return this.#end(true)
      if (page[0]?.id === this.#first && ++this.#idle === maxIdle) return this.#end(false)
    } else this.#idle = 0
    this.#first = page[0]?.id
    this.#offset += Math.max(0, page.length - overlap)
  }

  #end(isWhole: boolean): void {
    this.#hasEnded = true
    this.#isWhole &&= isWhole
  }

  /** Newest first. What stands before all that was met may have been made meanwhile. */
  #isOrdered(page: ReadonlyArray<Listed>): boolean {
    let last = Number.POSITIVE_INFINITY
    let isBehind = this.#met.size === 0
    for (const { created_at, id } of page) {
      const isMet = this.#met.has(id)
      isBehind ||= isMet
      if (created_at === undefined) continue
      if (created_at > last || (isBehind && !isMet && created_at > this.#oldest)) return false
      last = created_at
    }
    this.#oldest = Math.min(this.#oldest, last)
    return true
  }
}
