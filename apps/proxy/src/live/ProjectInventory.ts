import { type BackupResp, type ShowBackupResponse, unreadableFields, omitUndefined } from "@cbr/domain"
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
}

/**
 * The backups of one project, as far as its list has been read. Of each it keeps what tells its state and its age, and
 * no text: some 0.9 kB for a server of two disks.
 *
 * A pass is one reading of the whole list. A backup that was there before a pass, and that the pass did not meet, is
 * gone.
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

  /** Every backup that is known, in no order, with the fields that `outline` keeps. */
  *backups(): Iterable<BackupResp> {
    for (const { backup } of this.#known.values()) yield backup
  }

  /** Takes in an answer; `undefined` if it says what is known already, or has no id. */
  take(response: ShowBackupResponse): InventoryChange | undefined {
    const id = response.backup.id?.toLowerCase()
    if (id === undefined) return undefined
    const before = this.#known.get(id)
    if (before !== undefined && !contradicts(stateOf(before.backup), stateOf(response.backup))) {
      before.pass = this.#pass
      return undefined
    }
    this.#known.set(id, { backup: outline(response.backup, this.#texts), pass: this.#pass })
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

  /** Ends a pass that met every backup of the list: takes out those that it did not meet, and returns them. */
  endPass(): ReadonlyArray<BackupResp> {
    const gone: Array<BackupResp> = []
    this.#texts.clear()
    for (const [id, { backup, pass }] of this.#known) {
      if (pass === this.#pass) continue
      this.#known.delete(id)
      gone.push(backup)
    }
    return gone
  }
}

/**
 * The fields by which a backup is told apart, judged and dated. A backup with fields that could not be read stays whole,
 * since its judgement needs to know them.
 */
const outline = (backup: BackupResp, texts = new Map<string, string>()): BackupResp => {
  if (unreadableFields(backup).length > 0) return backup
  const once = (text: string) => {
    const known = texts.get(text)
    if (known === undefined) texts.set(text, text)
    return known ?? text
  }
  const kept: { -readonly [Field in keyof BackupResp]?: BackupResp[Field] } = {}
  for (const field of own) if (backup[field] !== undefined) Object.assign(kept, { [field]: backup[field] })
  for (const field of shared) if (backup[field] !== undefined) Object.assign(kept, { [field]: once(backup[field]) })
  if (backup.children !== undefined) kept.children = backup.children.map(part)
  return kept
}

const own = ["id", "name", "status", "image_type", "created_at", "protected_at", "updated_at", "expired_at"] as const
const shared = ["resource_id", "resource_name", "resource_type", "vault_id"] as const

const part = ({ children = [], id, status }: BackupResp): BackupResp => ({
  ...omitUndefined({ id, status }),
  ...(children.length === 0 ? {} : { children: children.map(part) })
})
