// Written by `pnpm codegen` from the schemas beside it: change those, and write it anew. Why: docs/decisions/0001.
// Constructors, since an engine makes room for the fields that one sets; an object that begins as `{}` is moved as it grows.
import type { BackupExtendInfo } from "./BackupExtendInfo.ts"
import type { BackupResp } from "./BackupResp.ts"
import type { BackupStatus } from "./BackupStatus.ts"
import { readEnterpriseProjectId } from "./EnterpriseProjectId.ts"
import type { ImageData } from "./ImageData.ts"
import type { ImageType } from "./ImageType.ts"
import type { ProviderId } from "./ProviderId.ts"
import type { ReplicationRecordGet } from "./ReplicationRecordGet.ts"
import type { ReplicationRecordsExtraInfo } from "./ReplicationRecordsExtraInfo.ts"
import type { ReplicationStatus } from "./ReplicationStatus.ts"
import type { ResourceType } from "./ResourceType.ts"
import type { RestoreMode } from "./RestoreMode.ts"
import { type FieldsOf, isObject, type Mutable, objectsOf, type Raw } from "./StructFields.ts"
import { readTimestamp } from "./Timestamp.ts"

const BackupRespFields = function (this: Mutable<BackupResp>, source: Raw<BackupResp>) {
  let value
  value = source.checkpoint_id
  if (typeof value === "string") this.checkpoint_id = value
  value = readTimestamp(source.created_at)
  if (value !== undefined) this.created_at = value
  value = source.description
  if (typeof value === "string") this.description = value
  value = readTimestamp(source.expired_at)
  if (value !== undefined) this.expired_at = value
  value = source.extend_info
  if (isObject(value)) this.extend_info = new BackupExtendInfoFields(value)
  value = source.id
  if (typeof value === "string") this.id = value
  value = source.image_type
  if (typeof value === "string") this.image_type = value as ImageType
  value = source.name
  if (typeof value === "string") this.name = value
  value = source.parent_id
  if (typeof value === "string") this.parent_id = value
  value = source.project_id
  if (typeof value === "string") this.project_id = value
  value = readTimestamp(source.protected_at)
  if (value !== undefined) this.protected_at = value
  value = source.resource_az
  if (typeof value === "string") this.resource_az = value
  value = source.resource_id
  if (typeof value === "string") this.resource_id = value
  value = source.resource_name
  if (typeof value === "string") this.resource_name = value
  value = source.resource_size
  if (typeof value === "number" && Number.isSafeInteger(value)) this.resource_size = value
  value = source.resource_type
  if (typeof value === "string") this.resource_type = value as ResourceType
  value = source.status
  if (typeof value === "string") this.status = value as BackupStatus
  value = readTimestamp(source.updated_at)
  if (value !== undefined) this.updated_at = value
  value = source.vault_id
  if (typeof value === "string") this.vault_id = value
  value = source.replication_records
  if (Array.isArray(value)) this.replication_records = objectsOf(value, ReplicationRecordGetFields)
  value = readEnterpriseProjectId(source.enterprise_project_id)
  if (value !== undefined) this.enterprise_project_id = value
  value = source.provider_id
  if (typeof value === "string") this.provider_id = value as ProviderId
  value = source.incremental
  if (typeof value === "boolean") this.incremental = value
  value = source.children
  if (Array.isArray(value)) this.children = objectsOf(value, BackupRespFields)
} as unknown as FieldsOf<BackupResp>
BackupRespFields.prototype = Object.prototype

const BackupExtendInfoFields = function (this: Mutable<BackupExtendInfo>, source: Raw<BackupExtendInfo>) {
  let value
  value = source.auto_trigger
  if (typeof value === "boolean") this.auto_trigger = value
  value = source.bootable
  if (typeof value === "boolean") this.bootable = value
  value = source.snapshot_id
  if (typeof value === "string") this.snapshot_id = value
  value = source.support_lld
  if (typeof value === "boolean") this.support_lld = value
  value = source.supported_restore_mode
  if (typeof value === "string") this.supported_restore_mode = value as RestoreMode
  value = source.os_images_data
  if (Array.isArray(value)) this.os_images_data = objectsOf(value, ImageDataFields)
  value = source.contain_system_disk
  if (typeof value === "boolean") this.contain_system_disk = value
  value = source.encrypted
  if (typeof value === "boolean") this.encrypted = value
  value = source.system_disk
  if (typeof value === "boolean") this.system_disk = value
  value = source.is_multi_az
  if (typeof value === "boolean") this.is_multi_az = value
} as unknown as FieldsOf<BackupExtendInfo>
BackupExtendInfoFields.prototype = Object.prototype

const ImageDataFields = function (this: Mutable<ImageData>, source: Raw<ImageData>) {
  let value
  value = source.image_id
  if (typeof value === "string") this.image_id = value
} as unknown as FieldsOf<ImageData>
ImageDataFields.prototype = Object.prototype

const ReplicationRecordGetFields = function (this: Mutable<ReplicationRecordGet>, source: Raw<ReplicationRecordGet>) {
  let value
  value = readTimestamp(source.created_at)
  if (value !== undefined) this.created_at = value
  value = source.destination_backup_id
  if (typeof value === "string") this.destination_backup_id = value
  value = source.destination_checkpoint_id
  if (typeof value === "string") this.destination_checkpoint_id = value
  value = source.destination_project_id
  if (typeof value === "string") this.destination_project_id = value
  value = source.destination_region
  if (typeof value === "string") this.destination_region = value
  value = source.destination_vault_id
  if (typeof value === "string") this.destination_vault_id = value
  value = source.extra_info
  if (isObject(value)) this.extra_info = new ReplicationRecordsExtraInfoFields(value)
  value = source.id
  if (typeof value === "string") this.id = value
  value = source.source_backup_id
  if (typeof value === "string") this.source_backup_id = value
  value = source.source_checkpoint_id
  if (typeof value === "string") this.source_checkpoint_id = value
  value = source.source_project_id
  if (typeof value === "string") this.source_project_id = value
  value = source.source_region
  if (typeof value === "string") this.source_region = value
  value = source.status
  if (typeof value === "string") this.status = value as ReplicationStatus
  value = source.vault_id
  if (typeof value === "string") this.vault_id = value
} as unknown as FieldsOf<ReplicationRecordGet>
ReplicationRecordGetFields.prototype = Object.prototype

const ReplicationRecordsExtraInfoFields = function (this: Mutable<ReplicationRecordsExtraInfo>, source: Raw<ReplicationRecordsExtraInfo>) {
  let value
  value = source.progress
  if (typeof value === "number" && Number.isSafeInteger(value)) this.progress = value
  value = source.fail_code
  if (typeof value === "string") this.fail_code = value
  value = source.fail_reason
  if (typeof value === "string") this.fail_reason = value
  value = source.auto_trigger
  if (typeof value === "boolean") this.auto_trigger = value
  value = source.destinatio_vault_id
  if (typeof value === "string") this.destinatio_vault_id = value
  value = source.destination_vault_id
  if (typeof value === "string") this.destination_vault_id = value
} as unknown as FieldsOf<ReplicationRecordsExtraInfo>
ReplicationRecordsExtraInfoFields.prototype = Object.prototype

export const readBackupResp = (source: Raw<BackupResp>): BackupResp => new BackupRespFields(source)
