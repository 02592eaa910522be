import * as Schema from "effect/Schema"
import { documented } from "./FieldMeaning.ts"
import { ImageData } from "./ImageData.ts"
import { RestoreMode } from "./RestoreMode.ts"

/**
 * What else is known of a backup: how it was made and how it restores.
 * Every field may be missing.
 *
 * @source 表5 BackupExtendInfo
 * @category Backups
 * @since 0.1.0
 */
export const BackupExtendInfo = Schema.Struct({
  /** Whether the backup was made by a schedule rather than by hand. */
  auto_trigger: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether the backup was made by a schedule rather than by hand", zh: "是否为自动生成的备份" })
  ),
  /** Whether it is the backup of a system disk. */
  bootable: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether it is the backup of a system disk", zh: "是否为系统盘备份" })
  ),
  /** Id of the snapshot behind a disk backup. */
  snapshot_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Id of the snapshot behind a disk backup", zh: "云硬盘备份对应的快照 ID" })
  ),
  /** Whether it can be restored quickly by lazy loading. */
  support_lld: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether it can be restored quickly by lazy loading", zh: "是否支持 lazyloading 快速恢复" })
  ),
  /** How it can be restored; absent means `na`. */
  supported_restore_mode: Schema.optionalKey(RestoreMode).pipe(
    documented({ en: "How it can be restored; absent means `na`", zh: "备份支持的恢复方式；缺省为 na" })
  ),
  /** The images registered from it; may be empty. */
  os_images_data: Schema.optionalKey(Schema.Array(ImageData)).pipe(
    documented({ en: "The images registered from it; may be empty", zh: "由备份注册的镜像列表，可能为空" })
  ),
  /** Whether a whole-server backup holds the system disk. */
  contain_system_disk: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether a whole-server backup holds the system disk", zh: "整机备份是否包含系统盘" })
  ),
  /** Whether the backup is encrypted. */
  encrypted: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether the backup is encrypted", zh: "是否加密" })
  ),
  /** Whether the disk backed up is a system disk. */
  system_disk: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether the disk backed up is a system disk", zh: "所备份的是否为系统盘" })
  ),
  /** Whether the backup is kept in several availability zones; absent means `false`. */
  is_multi_az: Schema.optionalKey(Schema.Boolean).pipe(
    documented({
      en: "Whether the backup is kept in several availability zones; absent means `false`",
      zh: "是否为多 AZ 备份；缺省为 false"
    })
  )
}).annotate({ identifier: "BackupExtendInfo" })

/**
 * What else is known of a backup.
 * @category Backups
 * @since 0.1.0
 */
export type BackupExtendInfo = typeof BackupExtendInfo.Type
