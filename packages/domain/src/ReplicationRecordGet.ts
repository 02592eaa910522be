import * as Schema from "effect/Schema"
import { documented } from "./FieldMeaning.ts"
import { ReplicationRecordsExtraInfo } from "./ReplicationRecordsExtraInfo.ts"
import { ReplicationStatus } from "./ReplicationStatus.ts"
import { TimestampFromString } from "./Timestamp.ts"

/**
 * One copy of a backup to another region.
 * Every field may be missing.
 *
 * @source 表7 ReplicationRecordGet
 * @category Backups
 * @since 0.1.0
 */
export const ReplicationRecordGet = Schema.Struct({
  /** When the replication started. */
  created_at: Schema.optionalKey(TimestampFromString).pipe(
    documented({ en: "When the replication started", zh: "复制的开始时间" })
  ),
  /** Id of the backup at the destination. */
  destination_backup_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the backup at the destination", zh: "复制的目的备份 ID" })
  ),
  /** Id of the restore point at the destination. */
  destination_checkpoint_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the restore point at the destination", zh: "复制的目的备份记录 ID" })
  ),
  /** Id of the project that it is copied to. */
  destination_project_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the project that it is copied to", zh: "复制的目标项目 ID" })
  ),
  /** Region that it is copied to, such as `cn-north-4`. */
  destination_region: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Region that it is copied to, such as `cn-north-4`", zh: "复制的目标区域，如 `cn-north-4`" })
  ),
  /** Id of the vault that it is copied to. */
  destination_vault_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the vault that it is copied to", zh: "目标存储库 ID" })
  ),
  /** How the replication goes, or why it failed. */
  extra_info: Schema.optionalKey(ReplicationRecordsExtraInfo).pipe(
    documented({ en: "How the replication goes, or why it failed", zh: "复制附加信息：进展或失败原因" })
  ),
  /** Id of this record. */
  id: Schema.optionalKey(Schema.String).pipe(documented({ en: "Id of this record", zh: "复制记录 ID" })),
  /** Id of the backup that is copied. */
  source_backup_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the backup that is copied", zh: "复制的源备份 ID" })
  ),
  /** Id of the restore point that is copied. */
  source_checkpoint_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the restore point that is copied", zh: "复制的源备份记录 ID" })
  ),
  /** Id of the project that it is copied from. */
  source_project_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the project that it is copied from", zh: "复制的源项目 ID" })
  ),
  /** Region that it is copied from. */
  source_region: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Region that it is copied from", zh: "复制的源区域" })
  ),
  /** How the copy stands. */
  status: Schema.optionalKey(ReplicationStatus).pipe(documented({ en: "How the copy stands", zh: "复制的状态" })),
  /** Id of the vault that holds the backup. */
  vault_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the vault that holds the backup", zh: "备份所在的存储库 ID" })
  )
}).annotate({ identifier: "ReplicationRecordGet" })

/**
 * One copy of a backup to another region.
 * @category Backups
 * @since 0.1.0
 */
export type ReplicationRecordGet = typeof ReplicationRecordGet.Type
