import type { BackupResp } from "./BackupResp.ts"
import { isObject } from "./StructFields.ts"
import { readTimestamp } from "./Timestamp.ts"

/** The field of a backup that names what of it could not be read. A symbol: it is no field of the page, nor of JSON. */
const unreadable = Symbol("unreadable fields")

interface PartlyRead {
  [unreadable]?: ReadonlyArray<string>
}

const partlyRead = (backup: BackupResp & PartlyRead): PartlyRead => backup

/**
 * The paths of the fields that decide whether a backup is whole, and that came but could not be read. Examples are
 * parts or copies that are no list, and an expiry that is no time. They are missing from the backup, and yet not said
 * to be absent. A copy of the backup keeps them.
 *
 * @category Verdicts
 * @since 0.1.0
 */
export const unreadableFields = (backup: BackupResp): ReadonlyArray<string> => partlyRead(backup)[unreadable] ?? []

/** Notes on a backup what could not be read of it, as it was typed from `source`, at any depth. */
export const noteUnreadableFields = (backup: BackupResp, source: object): void => {
  const paths = pathsIn(source, "")
  if (paths.length > 0) partlyRead(backup)[unreadable] = paths
}

interface Judged {
  readonly children?: unknown
  readonly replication_records?: unknown
  readonly expired_at?: unknown
}

const pathsIn = (source: object, path: string): ReadonlyArray<string> => {
  const { children, expired_at, replication_records }: Judged = source
  const paths: Array<string> = []
  if (isUnread(expired_at) && readTimestamp(expired_at) === undefined) paths.push(`${path}expired_at`)
  if (isUnread(replication_records) && !Array.isArray(replication_records)) paths.push(`${path}replication_records`)
  if (Array.isArray(children)) {
    children.forEach((child, index) => {
      if (isObject(child)) paths.push(...pathsIn(child, `${path}children[${index}].`))
    })
  } else if (isUnread(children)) paths.push(`${path}children`)
  return paths
}

/** An empty text says as little as `null`. */
const isUnread = (value: unknown): boolean => value !== undefined && value !== null && value !== ""
