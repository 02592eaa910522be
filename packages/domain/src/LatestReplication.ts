import type { BackupResp } from "./BackupResp.ts"
import type { ReplicationRecordGet } from "./ReplicationRecordGet.ts"

/**
 * The newest record of the backup's replication to a region, which is the one
 * that tells how it stands there: an earlier failure may have been made good.
 *
 * Newest by `created_at`; of records with the same time, or none, the one that
 * comes later in the list. `undefined` when no record names the region.
 *
 * @example
 * ```ts
 * latestReplication(backup, "cn-south-1")?.status // "success"
 * ```
 */
export const latestReplication = (backup: BackupResp, region: string): ReplicationRecordGet | undefined =>
  (backup.replication_records ?? [])
    .filter((record) => record.destination_region === region)
    .reduce<ReplicationRecordGet | undefined>(
      (newest, record) => (newest === undefined || startOf(record) >= startOf(newest) ? record : newest),
      undefined
    )

const startOf = (record: ReplicationRecordGet): number => record.created_at?.epochMicroseconds ?? -Infinity
