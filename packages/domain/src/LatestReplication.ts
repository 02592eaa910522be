import type { BackupResp } from "./BackupResp.ts"
import type { ReplicationRecordGet } from "./ReplicationRecordGet.ts"

/**
 * The newest record of the backup's replication to a region. It tells the state there: a later replication may have
 * made an earlier failure good.
 *
 * Newest by `created_at`; of records with the same time, or none, the one that
 * comes later in the list. `undefined` when no record names the region.
 *
 * @example
 * ```ts
 * latestReplication(backup, "cn-south-1")?.status // "success"
 * ```
 * @category Questions
 * @since 0.1.0
 */
export const latestReplication = (backup: BackupResp, region: string): ReplicationRecordGet | undefined =>
  (backup.replication_records ?? [])
    .filter((record) => record.destination_region === region)
    .reduce<ReplicationRecordGet | undefined>(
      (newest, record) => (newest === undefined || startOf(record) >= startOf(newest) ? record : newest),
      undefined
    )

const startOf = (record: ReplicationRecordGet): number => record.created_at?.epochMicroseconds ?? -Infinity

/**
 * The newest record of each region, in the order in which the regions come
 * first. A record that names no region stands for itself.
 *
 * @example
 * ```ts
 * latestReplications(backup).map(({ destination_region, status }) => `${destination_region}: ${status}`)
 * // ["ap-southeast-1: success", "cn-south-1: fail"]
 * ```
 * @category Questions
 * @since 0.2.0
 */
export const latestReplications = (backup: BackupResp): ReadonlyArray<ReplicationRecordGet> => {
  const records = backup.replication_records ?? []
  const regions = new Set(records.map(({ destination_region }) => destination_region))
  return [...regions].flatMap((region) =>
    region === undefined
      ? records.filter(({ destination_region }) => destination_region === undefined)
      : (latestReplication(backup, region) ?? [])
  )
}
