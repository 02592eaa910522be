import * as Schema from "effect/Schema"
import { BackupExtendInfo } from "./BackupExtendInfo.ts"
import { BackupStatus } from "./BackupStatus.ts"
import { EnterpriseProjectId } from "./EnterpriseProjectId.ts"
import { documented } from "./FieldMeaning.ts"
import { ImageType } from "./ImageType.ts"
import { ProviderId } from "./ProviderId.ts"
import { ReplicationRecordGet } from "./ReplicationRecordGet.ts"
import { ResourceType } from "./ResourceType.ts"
import { TimestampFromString } from "./Timestamp.ts"

const fields = {
  /** Id of the restore point that the backup belongs to. */
  checkpoint_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the restore point that the backup belongs to", zh: "还原点 ID" })
  ),
  /** When the backup was created. */
  created_at: Schema.optionalKey(TimestampFromString).pipe(
    documented({ en: "When the backup was created", zh: "创建时间" })
  ),
  /** What its owner wrote of it. */
  description: Schema.optionalKey(Schema.String).pipe(documented({ en: "What its owner wrote of it", zh: "备份描述" })),
  /** When the backup expires and is deleted by its policy. */
  expired_at: Schema.optionalKey(TimestampFromString).pipe(
    documented({ en: "When the backup expires and is deleted by its policy", zh: "过期时间，到期后由策略删除" })
  ),
  /** What else is known of it. */
  extend_info: Schema.optionalKey(BackupExtendInfo).pipe(
    documented({ en: "What else is known of it", zh: "扩展信息" })
  ),
  /** Id of the backup, a UUID. */
  id: Schema.optionalKey(Schema.String).pipe(documented({ en: "Id of the backup, a UUID", zh: "备份 ID（UUID）" })),
  /** Made here (`backup`) or copied from elsewhere (`replication`). */
  image_type: Schema.optionalKey(ImageType).pipe(
    documented({
      en: "Made here (`backup`) or copied from elsewhere (`replication`)",
      zh: "备份类型：本地备份（backup）或复制而来（replication）"
    })
  ),
  /** Name of the backup. */
  name: Schema.optionalKey(Schema.String).pipe(documented({ en: "Name of the backup", zh: "备份名称" })),
  /** Id of the backup that this one is a part of. */
  parent_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the backup that this one is a part of", zh: "父备份 ID" })
  ),
  /** Id of the project that the backup belongs to. */
  project_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the project that the backup belongs to", zh: "项目 ID" })
  ),
  /** When the resource was backed up: the moment whose content the backup holds. */
  protected_at: Schema.optionalKey(TimestampFromString).pipe(
    documented({
      en: "When the resource was backed up: the moment whose content the backup holds",
      zh: "备份时间，即备份内容所对应的时刻"
    })
  ),
  /** Availability zone of the resource. */
  resource_az: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Availability zone of the resource", zh: "资源可用区" })
  ),
  /** Id of the resource backed up. */
  resource_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the resource backed up", zh: "资源 ID" })
  ),
  /** Name of the resource backed up. */
  resource_name: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Name of the resource backed up", zh: "资源名称" })
  ),
  /** Size of the resource in GB; 0 when the resource is gone. */
  resource_size: Schema.optionalKey(Schema.Int).pipe(
    documented({
      en: "Size of the resource in GB; 0 when the resource is gone",
      zh: "资源大小，单位为 GB；资源已删除时为 0"
    })
  ),
  /** Kind of the resource backed up. */
  resource_type: Schema.optionalKey(ResourceType).pipe(
    documented({ en: "Kind of the resource backed up", zh: "资源类型" })
  ),
  /** Where the backup stands in its life. */
  status: Schema.optionalKey(BackupStatus).pipe(
    documented({ en: "Where the backup stands in its life", zh: "备份状态" })
  ),
  /** When the backup last changed. */
  updated_at: Schema.optionalKey(TimestampFromString).pipe(
    documented({ en: "When the backup last changed", zh: "更新时间" })
  ),
  /** Id of the vault that holds the backup. */
  vault_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the vault that holds the backup", zh: "存储库 ID" })
  ),
  /** Its copies to other regions. */
  replication_records: Schema.optionalKey(Schema.Array(ReplicationRecordGet)).pipe(
    documented({ en: "Its copies to other regions", zh: "复制记录" })
  ),
  /** Id of the enterprise project, `"0"` by default; comes as a number or a string, read as a string. */
  enterprise_project_id: Schema.optionalKey(EnterpriseProjectId).pipe(
    documented({
      en: 'Id of the enterprise project, `"0"` by default; comes as a number or a string, read as a string',
      zh: "企业项目 ID，默认为“0”；可能为数字或字符串，按字符串读取"
    })
  ),
  /** Which provider made it; tells the kind of object backed up. */
  provider_id: Schema.optionalKey(ProviderId).pipe(
    documented({
      en: "Which provider made it; tells the kind of object backed up",
      zh: "备份提供商 ID，用于区分备份对象"
    })
  ),
  /** Whether it is an incremental backup. */
  incremental: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether it is an incremental backup", zh: "是否为增量备份" })
  )
}

/**
 * A backup. Every field may be missing; one that came as `null`, or with
 * another type than documented, is absent here and present in the raw text.
 *
 * @source 表4 BackupResp
 * @category Backups
 * @since 0.1.0
 */
export interface BackupResp extends Schema.Struct.Type<typeof fields> {
  /** Its parts: a whole-server backup has one child for each disk. */
  readonly children?: ReadonlyArray<BackupResp>
}

/**
 * A backup as it stands in the body.
 * @category Backups
 * @since 0.1.0
 */
export interface BackupRespEncoded extends Schema.Struct.Encoded<typeof fields> {
  readonly children?: ReadonlyArray<BackupRespEncoded>
}

/**
 * A closed struct of the page's 24 fields, recursive through `children`.
 * @category Backups
 * @since 0.1.0
 */
export const BackupResp: Schema.Codec<BackupResp, BackupRespEncoded> = Schema.Struct({
  ...fields,
  children: Schema.optionalKey(
    Schema.Array(Schema.suspend((): Schema.Codec<BackupResp, BackupRespEncoded> => BackupResp))
  ).pipe(
    documented({
      en: "Its parts: a whole-server backup has one child for each disk",
      zh: "子备份列表：整机备份的每块云硬盘为一个子备份"
    })
  )
}).annotate({ identifier: "BackupResp" })
