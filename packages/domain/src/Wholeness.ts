import type { BackupResp } from "./BackupResp.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { descendants } from "./Descendants.ts"
import { unreadableFields } from "./UnreadableFields.ts"

/**
 * Whether a backup holds all of its resource, whatever became of its copies:
 *
 * - `whole`: it and all of its parts are available, or are being restored from;
 * - `under-way`: it or a part is still being made;
 * - `unknown`: a status is missing or is not one that the page lists, or the parts cannot be read;
 * - `failed`: it or a part is in error;
 * - `leaving`: it or a part is being deleted.
 * @category Verdicts
 * @since 0.2.0
 */
export type Wholeness = "whole" | "under-way" | "unknown" | "failed" | "leaving"

/**
 * Tells whether a backup holds all of its resource, from its status and those of its parts at any depth. The gravest
 * counts, in the order of {@link Wholeness}.
 *
 * @example
 * ```ts
 * wholeness({ status: "available", children: [{ status: "error" }] }) // "failed"
 * ```
 * @source 表4 BackupResp, `status` and `children`
 * @category Verdicts
 * @since 0.2.0
 */
export const wholeness = (backup: BackupResp): Wholeness => {
  let gravest = unreadableFields(backup).some((path) => path.endsWith("children")) ? order.unknown : ofStatus(backup)
  if (backup.children !== undefined && backup.children.length > 0) {
    for (const { part } of descendants(backup)) gravest = Math.max(gravest, ofStatus(part))
  }
  return byGravity[gravest] ?? "unknown"
}

const byGravity = ["whole", "under-way", "unknown", "failed", "leaving"] as const
const order = { whole: 0, "under-way": 1, unknown: 2, failed: 3, leaving: 4 } as const

const ofStatus = ({ status }: BackupResp): number =>
  status === undefined || !BackupStatus.isDocumented(status) ? order.unknown : order[ofStatuses[status]]

const ofStatuses: Readonly<Record<keyof typeof BackupStatus.meanings, Wholeness>> = {
  available: "whole",
  protecting: "under-way",
  deleting: "leaving",
  restoring: "whole",
  error: "failed",
  waiting_protect: "under-way",
  waiting_delete: "leaving",
  waiting_restore: "whole"
}
