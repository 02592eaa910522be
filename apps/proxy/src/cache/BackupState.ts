import type { BackupResp } from "@cbr/domain"

/**
 * What changes in the life of a backup, without its replications, which a list leaves out: status, times, name, and
 * the status of each part. `undefined` stands for what an answer does not say.
 */
export type BackupState = ReadonlyArray<string | number | undefined>

/** The state that an answer tells, of ShowBackup or of a list. */
export const stateOf = (backup: BackupResp): BackupState => [
  backup.status,
  backup.updated_at?.epochMicroseconds,
  backup.name,
  backup.expired_at?.epochMicroseconds,
  partsOf(backup)
]

/**
 * Whether two answers tell of different states. What one of them does not say is no difference: a list may leave out
 * what ShowBackup has.
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
