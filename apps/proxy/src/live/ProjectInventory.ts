import {
  type BackupResp,
  latestReplications,
  omitUndefined,
  type ShowBackupResponse,
  unreadableFields
} from "@cbr/domain"
import * as Struct from "effect/Struct"
import { contradicts, stateOf } from "../cache/BackupState.ts"

/** A change that one answer of the list shows. */
export interface InventoryChange {
  readonly name: "new" | "changed"
  readonly response: ShowBackupResponse
}

interface Known {
  readonly backup: BackupResp
  /** The pass in which the backup was last seen. */
  pass: number
  /** Whether the pass before met every backup of the list but this one. */
  isMissing: boolean
}

/**
 * The backups of one project, as far as its list has been read. Of each it keeps what tells its state and its age, and
 * no text: some 1 kB for a server of two disks.
 *
 * A pass is one reading of the whole list. A backup that two passes in a row did not meet is gone: the list may lack one
 * for a moment that the service still has.
 */
export class ProjectInventory {
  readonly #known = new Map<string, Known>()
  /** Texts that many backups share, such as the name of a server, each kept once. */
  readonly #texts = new Map<string, string>()
  readonly #once: Once = (text) => {
    const known = this.#texts.get(text)
    if (known === undefined) this.#texts.set(text, text)
    return known ?? text
  }
  #pass = 0

  /** Backups that are known. */
  get size(): number {
    return this.#known.size
  }

  /** Whether a backup is known. */
  has(backup_id: string | undefined): boolean {
    return backup_id !== undefined && this.#known.has(backup_id.toLowerCase())
  }

  /** Every backup that is known, in no order, with the fields that `outline` keeps. */
  *backups(): Iterable<BackupResp> {
    for (const { backup } of this.#known.values()) yield backup
  }

  /** Takes in an answer; `undefined` if it says what is known already, or has no id. */
  take(response: ShowBackupResponse): InventoryChange | undefined {
    const id = response.backup.id?.toLowerCase()
    if (id === undefined) return undefined
    const before = this.#known.get(id)
    const replications = replicationsOf(response.backup, this.#once)
    if (
      before !== undefined &&
      !contradicts(stateOf(before.backup), stateOf(response.backup)) &&
      (replications.length === 0 || isSame(replications, before.backup.replication_records))
    ) {
      before.pass = this.#pass
      before.isMissing = false
      return undefined
    }
    // A list may leave out the replications that ShowBackup has told.
    const told = replications.length === 0 ? (before?.backup.replication_records ?? []) : replications
    const backup = outline(response.backup, told, this.#once)
    this.#known.set(id, { backup, pass: this.#pass, isMissing: false })
    return { name: before === undefined ? "new" : "changed", response }
  }

  /** Takes out a backup of which the service says that it does not exist; `undefined` if it was not known. */
  drop(backup_id: string): BackupResp | undefined {
    const id = backup_id.toLowerCase()
    const known = this.#known.get(id)
    this.#known.delete(id)
    return known?.backup
  }

  /** Begins a pass. What is taken from here on has been met in it. */
  beginPass(): void {
    this.#pass++
  }

  /**
   * Ends a pass that met every backup of the list. Takes out the backups that the pass before had not met either, and
   * counts the others that this one did not meet: the next pass decides.
   */
  endPass(): { readonly gone: ReadonlyArray<BackupResp>; readonly missing: number } {
    const gone: Array<BackupResp> = []
    let missing = 0
    this.#texts.clear()
    for (const [id, known] of this.#known) {
      if (known.pass === this.#pass) continue
      if (known.isMissing) {
        this.#known.delete(id)
        gone.push(known.backup)
      } else {
        known.isMissing = true
        missing++
      }
    }
    return { gone, missing }
  }
}

/**
 * The fields by which a backup is told apart, judged and dated. A backup with fields that could not be read stays whole,
 * since its judgement needs to know them.
 */
const outline = (backup: BackupResp, replications: Replications, once: Once): BackupResp => {
  if (unreadableFields(backup).length > 0) return backup
  const { children } = backup
  return {
    ...Struct.pick(backup, own),
    ...textsOf(backup, shared, once),
    ...(children === undefined ? {} : { children: children.map((child) => part(child, backup, once)) }),
    ...(replications.length === 0 ? {} : { replication_records: replications })
  }
}

/** The one copy of a text. */
type Once = (text: string) => string

type Replications = NonNullable<BackupResp["replication_records"]>

/** The region and the status of the newest replication to each region. */
const replicationsOf = (backup: BackupResp, once: Once): Replications =>
  latestReplications(backup).map((record) => textsOf(record, ["destination_region", "status"], once))

/** Texts of a record, each as its one copy. */
const textsOf = <A extends object, K extends keyof A>(record: A, names: ReadonlyArray<K>, once: Once): Pick<A, K> => {
  const texts: { [Name in K]?: unknown } = {}
  for (const name of names) {
    const text = record[name]
    if (typeof text === "string") texts[name] = once(text)
  }
  return texts as Pick<A, K>
}

const isSame = (one: Replications, other: Replications = []): boolean =>
  one.length === other.length &&
  one.every(
    ({ destination_region, status }, index) =>
      destination_region === other[index]?.destination_region && status === other[index]?.status
  )

const own = [
  "id",
  "name",
  "status",
  "image_type",
  "created_at",
  "protected_at",
  "updated_at",
  "expired_at",
  "resource_size"
] as const
const shared = ["resource_id", "resource_name", "resource_type", "vault_id"] as const

/** A part by what its backup is judged by: its expiry where it comes first, and the copies that did not succeed. */
const part = ({ children = [], ...backup }: BackupResp, { expired_at: end }: BackupResp, once: Once): BackupResp => {
  const { expired_at, id, status } = backup
  const isFirst =
    expired_at !== undefined && (end === undefined || expired_at.epochMicroseconds < end.epochMicroseconds)
  const failing = replicationsOf(backup, once).filter((copy) => copy.status !== "success")
  return {
    ...omitUndefined({ id, status, expired_at: isFirst ? expired_at : undefined }),
    ...(failing.length === 0 ? {} : { replication_records: failing }),
    ...(children.length === 0
      ? {}
      : { children: children.map((child) => part(child, omitUndefined({ expired_at: end }), once)) })
  }
}
