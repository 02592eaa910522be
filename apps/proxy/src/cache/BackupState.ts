import type { BackupResp } from "@cbr/domain"

/**
 * The fields that change in the life of a backup, without its replications, which a list leaves out: status, times, name,
 * and the status of each part; and when it was made. `undefined` stands for a field that an answer lacks.
 */
export type BackupState = ReadonlyArray<string | number | undefined>

/** The state that an answer tells, of ShowBackup or of a list. */
export const stateOf = (backup: BackupResp): BackupState => [
  backup.status,
  backup.updated_at?.epochMicroseconds,
  backup.name,
  backup.expired_at?.epochMicroseconds,
  partsOf(backup),
  backup.created_at?.epochMilliseconds
]

/** When the backup of a state was made, in milliseconds since 1970 by the service's clock. */
export const madeAt = (state: BackupState): number | undefined => {
  const made = state[5]
  return typeof made === "number" ? made : undefined
}

/**
 * Whether two answers tell different states. A field that one of them lacks is no difference: a list may leave out fields
 * of ShowBackup.
 */
export const contradicts = (one: BackupState, other: BackupState): boolean =>
  one.some((value, index) => value !== undefined && other[index] !== undefined && value !== other[index])

const partsOf = ({ children = [] }: BackupResp): string | undefined =>
  children.length === 0
    ? undefined
    : children
        .map((part) => `${part.id ?? ""} ${part.status ?? ""} ${partsOf(part) ?? ""}`)
        .sort()
        .join("\n")
