import {
  type BackupResp,
  latestReplications,
  omitUndefined,
  type ReplicationStatus,
  type ShowBackupResponse,
  unreadableFields
} from "@cbr/domain"
import { contradicts, stateOf } from "../cache/BackupState.ts"

/** What one answer of the list says that was not known. */
export interface InventoryChange {
  readonly _tag: "New" | "Changed"
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
    const replications = replicationsOf(response.backup, this.#texts)
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
    const backup = outline(response.backup, told, this.#texts)
    this.#known.set(id, { backup, pass: this.#pass, isMissing: false })
    return { _tag: before === undefined ? "New" : "Changed", response }
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

  /** Ends a pass that met every backup of the list: takes out those that are gone. */
  endPass(): PassEnd {
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

/** What a pass did not meet. */
export interface PassEnd {
  /** Backups that the pass before had not met either. */
  readonly gone: ReadonlyArray<BackupResp>
  /** How many others; the next pass decides. */
  readonly missing: number
}

/**
 * The fields by which a backup is told apart, judged and dated. A backup with fields that could not be read stays whole,
 * since its judgement needs to know them.
 */
const outline = (backup: BackupResp, replications: Replications, texts: Map<string, string>): BackupResp => {
  if (unreadableFields(backup).length > 0) return backup
  const once = onceIn(texts)
  const kept: { -readonly [Field in keyof BackupResp]?: BackupResp[Field] } = {}
  for (const field of own) if (backup[field] !== undefined) Object.assign(kept, { [field]: backup[field] })
  for (const field of shared) if (backup[field] !== undefined) Object.assign(kept, { [field]: once(backup[field]) })
  if (backup.children !== undefined) kept.children = backup.children.map((child) => part(child, backup, texts))
  if (replications.length > 0) kept.replication_records = replications
  return kept
}

const onceIn = (texts: Map<string, string>) => (text: string) => {
  const known = texts.get(text)
  if (known === undefined) texts.set(text, text)
  return known ?? text
}

type Replications = NonNullable<BackupResp["replication_records"]>

/** How the newest replication to each region stands. */
const replicationsOf = (backup: BackupResp, texts: Map<string, string>): Replications => {
  const once = onceIn(texts)
  return latestReplications(backup).map(({ destination_region, status }) =>
    omitUndefined({
      destination_region: destination_region === undefined ? undefined : once(destination_region),
      status: status === undefined ? undefined : (once(status) as ReplicationStatus)
    })
  )
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
const part = (
  { children = [], ...backup }: BackupResp,
  { expired_at: end }: BackupResp,
  texts: Map<string, string>
): BackupResp => {
  const { expired_at, id, status } = backup
  const isFirst =
    expired_at !== undefined && (end === undefined || expired_at.epochMicroseconds < end.epochMicroseconds)
  const failing = replicationsOf(backup, texts).filter((copy) => copy.status !== "success")
  return {
    ...omitUndefined({ id, status, expired_at: isFirst ? expired_at : undefined }),
    ...(failing.length === 0 ? {} : { replication_records: failing }),
    ...(children.length === 0
      ? {}
      : { children: children.map((child) => part(child, omitUndefined({ expired_at: end }), texts)) })
  }
}
