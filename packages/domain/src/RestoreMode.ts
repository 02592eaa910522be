import * as OpenEnum from "./OpenEnum.ts"

/**
 * How a backup can be restored. Absent means `na`.
 *
 * @source 表5 BackupExtendInfo, `supported_restore_mode`
 * @category Enumerations
 * @since 0.1.0
 */
export const RestoreMode = OpenEnum.make("RestoreMode", {
  na: {
    en: "no direct restore: the backup only serves to create new resources",
    zh: "备份不支持直接恢复，只支持备份创建新资源等操作"
  },
  backup: {
    en: "can be restored through the backups of the server's disks",
    zh: "备份支持通过云服务器上硬盘的备份进行恢复"
  },
  snapshot: { en: "a whole-server image can be made from it already", zh: "备份此时已经支持创建整机镜像" }
})

/**
 * A documented restore mode, or any other text that the service sent.
 * @category Enumerations
 * @since 0.1.0
 */
export type RestoreMode = typeof RestoreMode.Type
