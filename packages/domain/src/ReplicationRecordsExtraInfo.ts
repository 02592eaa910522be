import * as Schema from "effect/Schema"
import { documented } from "./FieldMeaning.ts"

/**
 * How one replication goes, or why it failed.
 *
 * @source 表8 ReplicationRecordsExtraInfo
 * @category Backups
 * @since 0.1.0
 */
export const ReplicationRecordsExtraInfo = Schema.Struct({
  /** How far the copy has come, in percent (0–100); may stay below 100 on `success`. */
  progress: Schema.optionalKey(Schema.Int).pipe(
    documented({
      en: "How far the copy has come, in percent (0–100); may stay below 100 on `success`",
      zh: "复制进度，百分比（0–100）；成功时也可能小于 100"
    })
  ),
  /** Error code of a failed replication; empty on success. */
  fail_code: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "Error code of a failed replication; empty on success", zh: "失败错误码，成功时为空" })
  ),
  /** Why the replication failed. */
  fail_reason: Schema.optionalKey(Schema.String).pipe(documented({ en: "Why the replication failed", zh: "失败原因" })),
  /** Whether a schedule started the replication. */
  auto_trigger: Schema.optionalKey(Schema.Boolean).pipe(
    documented({ en: "Whether a schedule started the replication", zh: "是否为自动调度的复制" })
  ),
  /** Id of the vault at the destination, in the page's spelling. Read it with {@link destinationVaultId}. */
  destinatio_vault_id: Schema.optionalKey(Schema.String).pipe(
    documented({
      en: "Id of the vault at the destination, in the page's spelling",
      zh: "目标端的存储库 ID，按 API 文档的拼写"
    })
  ),
  /** The same id, spelt as the official SDKs spell it. */
  destination_vault_id: Schema.optionalKey(Schema.String).pipe(
    documented({ en: "The same id, spelt as the official SDKs spell it", zh: "同一 ID，按官方 SDK 的拼写" })
  )
}).annotate({ identifier: "ReplicationRecordsExtraInfo" })

/**
 * How one replication goes, or why it failed.
 * @category Backups
 * @since 0.1.0
 */
export type ReplicationRecordsExtraInfo = typeof ReplicationRecordsExtraInfo.Type

/**
 * Id of the vault at the destination, whichever spelling came; the well-spelt
 * one wins when both did.
 * @category Backups
 * @since 0.1.0
 */
export const destinationVaultId = (info: ReplicationRecordsExtraInfo): string | undefined =>
  info.destination_vault_id ?? info.destinatio_vault_id

/**
 * The reasons that a replication failed, in the service's words: its code, then its reason,
 * as far as they came and say something.
 *
 * @example
 * ```ts
 * failureReasons(record.extra_info) // ["BackupService.2112", "The destination vault has no capacity left."]
 * ```
 * @category Backups
 * @since 0.1.0
 */
export const failureReasons = (info: ReplicationRecordsExtraInfo | undefined): ReadonlyArray<string> =>
  [info?.fail_code ?? "", info?.fail_reason ?? ""].filter((text) => text !== "")
