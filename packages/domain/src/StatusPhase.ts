import type { BackupResp } from "./BackupResp.ts"
import type { BackupStatus } from "./BackupStatus.ts"
import { hasEnded } from "./ReplicationStatus.ts"

/**
 * The phase that a status belongs to; waiting, caching and watching depend on it:
 *
 * - `stable`: it stays so until a user acts (`available`, `error`);
 * - `moving`: work is under way that ends in a stable status;
 * - `leaving`: the backup is on its way to being gone (404).
 * @category Questions
 * @since 0.1.0
 */
export type Phase = "stable" | "moving" | "leaving"

/**
 * The phase of a status. A missing or undocumented status counts as `moving`:
 * looking again is the safe thing to do with it.
 *
 * @example
 * ```ts
 * phase("waiting_restore") // "moving"
 * phase(undefined) // "moving"
 * ```
 * @category Questions
 * @since 0.1.0
 */
export const phase = (status: BackupStatus | undefined): Phase => {
  switch (status) {
    case "available":
    case "error":
      return "stable"
    case "waiting_delete":
    case "deleting":
      return "leaving"
    default:
      return "moving"
  }
}

/**
 * Whether nothing is under way: the backup and all of its parts are stable,
 * and every copy of them to another region has ended.
 * @category Questions
 * @since 0.1.0
 */
export const isAtRest = (backup: BackupResp): boolean =>
  phase(backup.status) === "stable" &&
  (backup.replication_records ?? []).every((record) => hasEnded(record.status)) &&
  (backup.children ?? []).every(isAtRest)
