import * as OpenEnum from "./OpenEnum.ts"

/**
 * The status of a backup's replication to another region.
 *
 * `waiting_replicate → replicating → success | fail`, or `skip`.
 *
 * @source 表7 ReplicationRecordGet, `status`
 * @category Enumerations
 * @since 0.1.0
 */
export const ReplicationStatus = OpenEnum.make("ReplicationStatus", {
  replicating: { en: "being copied", zh: "复制中" },
  success: { en: "copied", zh: "成功" },
  fail: { en: "failed", zh: "失败" },
  skip: { en: "skipped", zh: "跳过" },
  waiting_replicate: { en: "waiting to be copied", zh: "等待复制" }
})

/**
 * A documented replication status, or any other text that the service sent.
 * @category Enumerations
 * @since 0.1.0
 */
export type ReplicationStatus = typeof ReplicationStatus.Type

/**
 * Whether the copying is over, well or not: `success`, `fail` or `skip`.
 * A missing or undocumented status counts as under way.
 * @category Enumerations
 * @since 0.1.0
 */
export const hasEnded = (status: ReplicationStatus | undefined): boolean =>
  status === "success" || status === "fail" || status === "skip"
