import * as OpenEnum from "./OpenEnum.ts"

/**
 * The status of a backup in its life.
 *
 * `waiting_protect → protecting → available`,
 * `available → waiting_restore → restoring → available`,
 * any `→ waiting_delete → deleting →` gone (404), any `→ error`.
 *
 * @source 表4 BackupResp, `status`
 * @category Enumerations
 * @since 0.1.0
 */
export const BackupStatus = OpenEnum.make("BackupStatus", {
  available: { en: "usable", zh: "可用" },
  protecting: { en: "being made", zh: "保护中" },
  deleting: { en: "being deleted", zh: "删除中" },
  restoring: { en: "being restored from", zh: "恢复中" },
  error: { en: "failed", zh: "异常" },
  waiting_protect: { en: "waiting to be made", zh: "等待保护" },
  waiting_delete: { en: "waiting to be deleted", zh: "等待删除" },
  waiting_restore: { en: "waiting to be restored from", zh: "等待恢复" }
})

/**
 * A documented status, or any other text that the service sent.
 * @category Enumerations
 * @since 0.1.0
 */
export type BackupStatus = typeof BackupStatus.Type
