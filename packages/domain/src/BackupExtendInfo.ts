import * as Schema from "effect/Schema"
import { ImageData } from "./ImageData.ts"
import { RestoreMode } from "./RestoreMode.ts"

/**
 * What else is known of a backup: how it was made and how it restores.
 * Every field may be missing.
 *
 * @source 表5 BackupExtendInfo
 */
export const BackupExtendInfo = Schema.Struct({
  /** Whether the backup was made by a schedule rather than by hand. */
  auto_trigger: Schema.optionalKey(Schema.Boolean),
  /** Whether it is the backup of a system disk. */
  bootable: Schema.optionalKey(Schema.Boolean),
  /** Id of the snapshot behind a disk backup. */
  snapshot_id: Schema.optionalKey(Schema.String),
  /** Whether it can be restored quickly by lazy loading. */
  support_lld: Schema.optionalKey(Schema.Boolean),
  /** How it can be restored; absent means `na`. */
  supported_restore_mode: Schema.optionalKey(RestoreMode),
  /** The images registered from it; may be empty. */
  os_images_data: Schema.optionalKey(Schema.Array(ImageData)),
  /** Whether a whole-server backup holds the system disk. */
  contain_system_disk: Schema.optionalKey(Schema.Boolean),
  /** Whether the backup is encrypted. */
  encrypted: Schema.optionalKey(Schema.Boolean),
  /** Whether the disk backed up is a system disk. */
  system_disk: Schema.optionalKey(Schema.Boolean),
  /** Whether the backup is kept in several availability zones; absent means `false`. */
  is_multi_az: Schema.optionalKey(Schema.Boolean)
}).annotate({ identifier: "BackupExtendInfo" })

/** What else is known of a backup. */
export type BackupExtendInfo = typeof BackupExtendInfo.Type
