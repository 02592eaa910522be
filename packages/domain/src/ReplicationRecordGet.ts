import * as Schema from "effect/Schema"
import { ReplicationRecordsExtraInfo } from "./ReplicationRecordsExtraInfo.ts"
import { ReplicationStatus } from "./ReplicationStatus.ts"
import { TimestampFromString } from "./Timestamp.ts"

/**
 * One copy of a backup to another region.
 * Every field may be missing.
 *
 * @source 表7 ReplicationRecordGet
 */
export const ReplicationRecordGet = Schema.Struct({
  /** When the replication started. */
  created_at: Schema.optionalKey(TimestampFromString),
  /** Id of the backup at the destination. */
  destination_backup_id: Schema.optionalKey(Schema.String),
  /** Id of the restore point at the destination. */
  destination_checkpoint_id: Schema.optionalKey(Schema.String),
  /** Id of the project that it is copied to. */
  destination_project_id: Schema.optionalKey(Schema.String),
  /** Region that it is copied to, such as `cn-north-4`. */
  destination_region: Schema.optionalKey(Schema.String),
  /** Id of the vault that it is copied to. */
  destination_vault_id: Schema.optionalKey(Schema.String),
  /** How the replication goes, or why it failed. */
  extra_info: Schema.optionalKey(ReplicationRecordsExtraInfo),
  /** Id of this record. */
  id: Schema.optionalKey(Schema.String),
  /** Id of the backup that is copied. */
  source_backup_id: Schema.optionalKey(Schema.String),
  /** Id of the restore point that is copied. */
  source_checkpoint_id: Schema.optionalKey(Schema.String),
  /** Id of the project that it is copied from. */
  source_project_id: Schema.optionalKey(Schema.String),
  /** Region that it is copied from. */
  source_region: Schema.optionalKey(Schema.String),
  /** How the copy stands. */
  status: Schema.optionalKey(ReplicationStatus),
  /** Id of the vault that holds the backup. */
  vault_id: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "ReplicationRecordGet" })

/** One copy of a backup to another region. */
export type ReplicationRecordGet = typeof ReplicationRecordGet.Type
