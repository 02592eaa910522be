import { BackupStatus } from "@cbr/domain"

type Status = (typeof BackupStatus.members)[number]

// `waiting_protect → protecting → available`, there and back to `restoring`, and from anywhere to `error` or away.
const next: Readonly<Record<Status, ReadonlyArray<Status>>> = {
  waiting_protect: ["protecting", "error", "waiting_delete"],
  protecting: ["available", "error", "waiting_delete"],
  available: ["waiting_restore", "error", "waiting_delete"],
  waiting_restore: ["restoring", "available", "error", "waiting_delete"],
  restoring: ["available", "error", "waiting_delete"],
  error: ["waiting_delete"],
  waiting_delete: ["deleting", "error"],
  deleting: ["error"]
}

const closure = (from: Status): ReadonlySet<string> => {
  const reached = new Set<Status>([from])
  // A set iterates in the order of insertion, so the loop visits the added statuses too.
  for (const status of reached) for (const successor of next[status]) reached.add(successor)
  return reached
}

const reachable = new Map<string, ReadonlySet<string>>(BackupStatus.members.map((status) => [status, closure(status)]))

/**
 * Whether a backup with status `from` may still come to have status `to`, or
 * has it. True whenever either is missing or undocumented: nothing is known then.
 *
 * `error` is final but for deletion. A backup that is being deleted never comes back to use, though it may end in
 * `error`.
 */
export const canBecome = (from: BackupStatus | undefined, to: BackupStatus): boolean => {
  const reached = from === undefined ? undefined : reachable.get(from)
  return reached === undefined || !BackupStatus.isDocumented(to) || reached.has(to)
}
