import type * as DateTime from "effect/DateTime"
import { madeAt, newestFirst } from "./BackupOrder.ts"
import type { BackupResp } from "./BackupResp.ts"
import { type Wholeness, wholeness } from "./Wholeness.ts"

/**
 * Something that has a backup, such as an answer of the service.
 * @category Verdicts
 * @since 0.2.0
 */
export interface WithBackup {
  readonly backup: BackupResp
}

/**
 * The best state that a resource's backups of one day have.
 * @category Verdicts
 * @since 0.2.0
 */
export type DayState = "none" | "failed" | "unknown" | "under-way" | "whole"

/**
 * The backups of one server or disk in a list, summed up. The times are those of
 * {@link madeAt}: of two backups the later one is the newer.
 * @category Verdicts
 * @since 0.2.0
 */
export interface ResourceBackups<A extends WithBackup = WithBackup> {
  /** Its id, else its name, else an empty text: under what its backups were gathered. */
  readonly key: string
  readonly resource_id: string | undefined
  /** The name that its newest backup gives, since a server may be renamed. */
  readonly resource_name: string | undefined
  readonly resource_type: string | undefined
  readonly vault_id: string | undefined
  /** Backups in the list. */
  readonly count: number
  /** The newest of any state. */
  readonly newest: A
  /** The newest that is whole. */
  readonly whole: A | undefined
  /** The newest whole one but that. */
  readonly wholeBefore: A | undefined
  /** The newest that is being made, or of which that is not known, if it is newer than the newest whole one. */
  readonly underWay: A | undefined
  /** The newest that failed, if it is newer than the newest whole one. */
  readonly failed: A | undefined
  /** A state a day in UTC, the last one today's; a backup counts on the day that it was made. */
  readonly days: ReadonlyArray<DayState>
}

/**
 * The key that groups the backups of one server or disk: its id, else its name. A backup that names no resource stands
 * by itself, under its own id, and answers for no other.
 * @category Verdicts
 * @since 0.2.0
 */
export const resourceKey = ({ id, resource_id, resource_name }: BackupResp): string =>
  resource_id ?? resource_name ?? id ?? ""

/** Days that a resource's strip has. */
const stripLength = 30

/**
 * Gathers a stream of backups by their resource. The memory that it takes grows with the resources, not with the
 * backups, and the order in which these come does not matter. Each backup must come once.
 *
 * @example
 * ```ts
 * const fleet = new Fleet(now)
 * for (const backup of backups) fleet.add({ backup })
 * fleet.resources().map(({ resource_name, whole }) => [resource_name, whole?.backup.id])
 * ```
 * @category Verdicts
 * @since 0.2.0
 */
export class Fleet<A extends WithBackup = WithBackup> {
  readonly #members = new Map<string, Member<A>>()
  readonly #today: number

  /** @param now the moment whose day in UTC is the last of each strip */
  constructor(now: DateTime.Utc) {
    this.#today = dayOf(now.epochMilliseconds)
  }

  /** Takes one more backup. */
  add(item: A): void {
    const { backup } = item
    const key = resourceKey(backup)
    const member = this.#members.get(key)
    if (member === undefined) this.#members.set(key, new Member(key, item, this.#today))
    else member.add(item, this.#today)
  }

  /** Resources so far. */
  get size(): number {
    return this.#members.size
  }

  /** The summary of each resource, sorted by key. */
  resources(): ReadonlyArray<ResourceBackups<A>> {
    return Array.from(this.#members.values(), (member) => member.summary()).sort((a, b) =>
      a.key < b.key ? -1 : a.key > b.key ? 1 : 0
    )
  }
}

/** One resource, while its backups come. */
class Member<A extends WithBackup> {
  readonly key: string
  count = 0
  newest: A
  whole: A | undefined
  wholeBefore: A | undefined
  underWay: A | undefined
  failed: A | undefined
  readonly days = new Uint8Array(stripLength)

  constructor(key: string, first: A, today: number) {
    this.key = key
    this.newest = first
    this.add(first, today)
  }

  add(item: A, today: number): void {
    this.count++
    this.newest = newerOf(this.newest, item)
    const state = wholeness(item.backup)
    if (state === "whole") this.#addWhole(item)
    else if (state === "failed") this.failed = newerOf(this.failed, item)
    else if (state !== "leaving") this.underWay = newerOf(this.underWay, item)
    this.#mark(item.backup, state, today)
  }

  #addWhole(item: A): void {
    if (this.whole === undefined) this.whole = item
    else if (isNewer(item, this.whole)) {
      this.wholeBefore = this.whole
      this.whole = item
    } else this.wholeBefore = newerOf(this.wholeBefore, item)
  }

  #mark(backup: BackupResp, state: Wholeness, today: number): void {
    if (state === "leaving") return
    const made = madeAt(backup)
    const day = made === undefined ? -1 : stripLength - 1 - (today - dayOf(made / 1000))
    if (day >= 0 && day < stripLength) this.days[day] = Math.max(this.days[day] ?? 0, dayStates.indexOf(state))
  }

  summary(): ResourceBackups<A> {
    const { count, days, failed, key, newest, underWay, whole, wholeBefore } = this
    const { resource_id, resource_name, resource_type, vault_id } = newest.backup
    const ifNewer = (item: A | undefined) =>
      item === undefined || whole === undefined || isNewer(item, whole) ? item : undefined
    return {
      key,
      resource_id,
      resource_name,
      resource_type,
      vault_id,
      count,
      newest,
      whole,
      wholeBefore,
      underWay: ifNewer(underWay),
      failed: ifNewer(failed),
      days: Array.from(days, (index) => dayStates[index] ?? "none")
    }
  }
}

/** From the worst to the best of a day. */
const dayStates: ReadonlyArray<DayState> = ["none", "failed", "unknown", "under-way", "whole"]

const dayOf = (milliseconds: number): number => Math.floor(milliseconds / 86_400_000)

const isNewer = (one: WithBackup, other: WithBackup): boolean => newestFirst(one.backup, other.backup) < 0

const newerOf = <A extends WithBackup>(kept: A | undefined, item: A): A =>
  kept === undefined || isNewer(item, kept) ? item : kept
