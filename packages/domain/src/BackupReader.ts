// Written by `pnpm reader` from the schemas beside it: change those, and write it anew. Why: docs/decisions/0001.
import type { BackupExtendInfo } from "./BackupExtendInfo.ts"
import type { BackupResp } from "./BackupResp.ts"
import type { BackupStatus } from "./BackupStatus.ts"
import { readEnterpriseProjectId } from "./EnterpriseProjectId.ts"
import type { ImageData } from "./ImageData.ts"
import type { ImageType } from "./ImageType.ts"
import { type Draft, isObject, objectsOf, type Unread } from "./JsonObject.ts"
import type { ProviderId } from "./ProviderId.ts"
import type { ReplicationRecordGet } from "./ReplicationRecordGet.ts"
import type { ReplicationRecordsExtraInfo } from "./ReplicationRecordsExtraInfo.ts"
import type { ReplicationStatus } from "./ReplicationStatus.ts"
import type { ResourceType } from "./ResourceType.ts"
import type { RestoreMode } from "./RestoreMode.ts"
import { readTimestamp } from "./Timestamp.ts"

export const readBackupResp = (source: Unread<BackupResp>): BackupResp => {
  const fitting: Draft<BackupResp> = {}
  let value: unknown
  value = source.checkpoint_id
  if (typeof value === "string") fitting.checkpoint_id = value
  const created_at = readTimestamp(source.created_at)
  if (created_at !== undefined) fitting.created_at = created_at
  value = source.description
  if (typeof value === "string") fitting.description = value
  const expired_at = readTimestamp(source.expired_at)
  if (expired_at !== undefined) fitting.expired_at = expired_at
  value = source.extend_info
  if (isObject(value)) fitting.extend_info = readBackupExtendInfo(value)
  value = source.id
  if (typeof value === "string") fitting.id = value
  value = source.image_type
  if (typeof value === "string") fitting.image_type = value as ImageType
  value = source.name
  if (typeof value === "string") fitting.name = value
  value = source.parent_id
  if (typeof value === "string") fitting.parent_id = value
  value = source.project_id
  if (typeof value === "string") fitting.project_id = value
  const protected_at = readTimestamp(source.protected_at)
  if (protected_at !== undefined) fitting.protected_at = protected_at
  value = source.resource_az
  if (typeof value === "string") fitting.resource_az = value
  value = source.resource_id
  if (typeof value === "string") fitting.resource_id = value
  value = source.resource_name
  if (typeof value === "string") fitting.resource_name = value
  value = source.resource_size
  if (typeof value === "number" && Number.isSafeInteger(value)) fitting.resource_size = value
  value = source.resource_type
  if (typeof value === "string") fitting.resource_type = value as ResourceType
  value = source.status
  if (typeof value === "string") fitting.status = value as BackupStatus
  const updated_at = readTimestamp(source.updated_at)
  if (updated_at !== undefined) fitting.updated_at = updated_at
  value = source.vault_id
  if (typeof value === "string") fitting.vault_id = value
  value = source.replication_records
  if (Array.isArray(value)) fitting.replication_records = objectsOf(value, readReplicationRecordGet)
  const enterprise_project_id = readEnterpriseProjectId(source.enterprise_project_id)
  if (enterprise_project_id !== undefined) fitting.enterprise_project_id = enterprise_project_id
  value = source.provider_id
  if (typeof value === "string") fitting.provider_id = value as ProviderId
  value = source.incremental
  if (typeof value === "boolean") fitting.incremental = value
  value = source.children
  if (Array.isArray(value)) fitting.children = objectsOf(value, readBackupResp)
  return fitting
}

const readBackupExtendInfo = (source: Unread<BackupExtendInfo>): BackupExtendInfo => {
  const fitting: Draft<BackupExtendInfo> = {}
  let value: unknown
  value = source.auto_trigger
  if (typeof value === "boolean") fitting.auto_trigger = value
  value = source.bootable
  if (typeof value === "boolean") fitting.bootable = value
  value = source.snapshot_id
  if (typeof value === "string") fitting.snapshot_id = value
  value = source.support_lld
  if (typeof value === "boolean") fitting.support_lld = value
  value = source.supported_restore_mode
  if (typeof value === "string") fitting.supported_restore_mode = value as RestoreMode
  value = source.os_images_data
  if (Array.isArray(value)) fitting.os_images_data = objectsOf(value, readImageData)
  value = source.contain_system_disk
  if (typeof value === "boolean") fitting.contain_system_disk = value
  value = source.encrypted
  if (typeof value === "boolean") fitting.encrypted = value
  value = source.system_disk
  if (typeof value === "boolean") fitting.system_disk = value
  value = source.is_multi_az
  if (typeof value === "boolean") fitting.is_multi_az = value
  return fitting
}

const readImageData = (source: Unread<ImageData>): ImageData => {
  const fitting: Draft<ImageData> = {}
  let value: unknown
  value = source.image_id
  if (typeof value === "string") fitting.image_id = value
  return fitting
}

const readReplicationRecordGet = (source: Unread<ReplicationRecordGet>): ReplicationRecordGet => {
  const fitting: Draft<ReplicationRecordGet> = {}
  let value: unknown
  const created_at = readTimestamp(source.created_at)
  if (created_at !== undefined) fitting.created_at = created_at
  value = source.destination_backup_id
  if (typeof value === "string") fitting.destination_backup_id = value
  value = source.destination_checkpoint_id
  if (typeof value === "string") fitting.destination_checkpoint_id = value
  value = source.destination_project_id
  if (typeof value === "string") fitting.destination_project_id = value
  value = source.destination_region
  if (typeof value === "string") fitting.destination_region = value
  value = source.destination_vault_id
  if (typeof value === "string") fitting.destination_vault_id = value
  value = source.extra_info
  if (isObject(value)) fitting.extra_info = readReplicationRecordsExtraInfo(value)
  value = source.id
  if (typeof value === "string") fitting.id = value
  value = source.source_backup_id
  if (typeof value === "string") fitting.source_backup_id = value
  value = source.source_checkpoint_id
  if (typeof value === "string") fitting.source_checkpoint_id = value
  value = source.source_project_id
  if (typeof value === "string") fitting.source_project_id = value
  value = source.source_region
  if (typeof value === "string") fitting.source_region = value
  value = source.status
  if (typeof value === "string") fitting.status = value as ReplicationStatus
  value = source.vault_id
  if (typeof value === "string") fitting.vault_id = value
  return fitting
}

const readReplicationRecordsExtraInfo = (source: Unread<ReplicationRecordsExtraInfo>): ReplicationRecordsExtraInfo => {
  const fitting: Draft<ReplicationRecordsExtraInfo> = {}
  let value: unknown
  value = source.progress
  if (typeof value === "number" && Number.isSafeInteger(value)) fitting.progress = value
  value = source.fail_code
  if (typeof value === "string") fitting.fail_code = value
  value = source.fail_reason
  if (typeof value === "string") fitting.fail_reason = value
  value = source.auto_trigger
  if (typeof value === "boolean") fitting.auto_trigger = value
  value = source.destinatio_vault_id
  if (typeof value === "string") fitting.destinatio_vault_id = value
  value = source.destination_vault_id
  if (typeof value === "string") fitting.destination_vault_id = value
  return fitting
}
