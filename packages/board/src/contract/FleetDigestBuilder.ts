import { type BackupResp, newestFirst, resourceKey } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import type { FleetDigest, ResourceDigest } from "./FleetDigest.ts"
import { isWhole, type StripMark, markOf, stripOf } from "./StripMark.ts"

/** Seconds that a strip shows. */
export const stripLength = 30 * 24 * 60 * 60

/** The parts of a digest beside the backups. */
export interface FleetSource {
  readonly project_id: string
  readonly now: DateTime.Utc
  /** Names or ids of resources that must have a backup. */
  readonly expected: ReadonlyArray<string>
  /** Time of the list; `now` by default. */
  readonly readAt?: DateTime.Utc
  /** Whether the list may lack backups, or be out of date. */
  readonly incomplete: boolean
}

/** Gathers a project's backups into its digest, in memory that grows with marks and not with bodies. */
export class FleetDigestBuilder {
  readonly #source: FleetSource
  readonly #resources = new Map<string, Gathered>()

  constructor(source: FleetSource) {
    this.#source = source
  }

  /** Takes one more backup, in any order. */
  add(backup: BackupResp): void {
    const id = resourceKey(backup)
    const taken = { order: orderOf(backup), mark: markOf(backup, this.#source.now) }
    const gathered = this.#resources.get(id)
    if (gathered === undefined) this.#resources.set(id, { newest: backup, taken: [taken] })
    else {
      gathered.taken.push(taken)
      if (newestFirst(backup, gathered.newest) < 0) gathered.newest = backup
    }
  }

  /** The digest of what was taken, and of what is expected and was not there. */
  digest(): FleetDigest {
    const { expected, incomplete, now, project_id, readAt = now } = this.#source
    const since = secondsOf(now) - stripLength
    const wanted = new Set(expected)
    const found = new Set<string>()
    const resources = Array.from(this.#resources, ([id, gathered]): ResourceDigest => {
      const names = [id, gathered.newest.resource_name ?? id].filter((name) => wanted.has(name))
      for (const name of names) found.add(name)
      return digestOf(id, gathered, names.length > 0, since)
    })
    const missing = [...wanted]
      .filter((name) => !found.has(name))
      .map((id) => ({ id, expected: true, strip: stripOf([]) }))
    return { project_id, read_at: secondsOf(readAt), incomplete, resources: [...missing, ...resources] }
  }
}

const secondsOf = (time: DateTime.Utc): number => Math.floor(DateTime.toEpochMillis(time) / 1000)

/** The fields that order backups. */
type Order = Pick<BackupResp, "created_at" | "id" | "protected_at">

const orderOf = ({ created_at, id, protected_at }: BackupResp): Order => ({
  ...(created_at === undefined ? {} : { created_at }),
  ...(id === undefined ? {} : { id }),
  ...(protected_at === undefined ? {} : { protected_at })
})

interface Gathered {
  newest: BackupResp
  readonly taken: Array<{ readonly order: Order; readonly mark: StripMark }>
}

const digestOf = (id: string, { newest, taken }: Gathered, expected: boolean, since: number): ResourceDigest => {
  const marks = taken.sort((one, other) => newestFirst(one.order, other.order)).map(({ mark }) => mark)
  // The newest whole one, and the one that answers for it while it is busy.
  const whole = marks.filter(isWhole).slice(0, 2)
  const { resource_name, resource_size, resource_type, vault_id } = newest
  return {
    id,
    ...(resource_name === undefined ? {} : { name: resource_name }),
    ...(resource_type === undefined ? {} : { type: resource_type }),
    ...(vault_id === undefined ? {} : { vault: vault_id }),
    ...(resource_size === undefined ? {} : { size: resource_size }),
    expected,
    strip: stripOf(marks.filter((mark) => mark.at >= since || whole.includes(mark) || isFirstOfItsState(mark, marks)))
  }
}

/** The newest of each state can decide, or be named, however old it is. */
const isFirstOfItsState = (mark: StripMark, marks: ReadonlyArray<StripMark>): boolean =>
  marks.find(({ state }) => state === mark.state) === mark
