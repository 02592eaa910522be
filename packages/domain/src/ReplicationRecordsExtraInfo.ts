import * as Schema from "effect/Schema"

/**
 * How one replication goes, or why it failed.
 *
 * @source 表8 ReplicationRecordsExtraInfo
 */
export const ReplicationRecordsExtraInfo = Schema.Struct({
  /** How far the copy has come, in percent (0–100); may stay below 100 on `success`. */
  progress: Schema.optionalKey(Schema.Int),
  /** Error code of a failed replication; empty on success. */
  fail_code: Schema.optionalKey(Schema.String),
  /** Why the replication failed. */
  fail_reason: Schema.optionalKey(Schema.String),
  /** Whether a schedule started the replication. */
  auto_trigger: Schema.optionalKey(Schema.Boolean),
  /** Id of the vault at the destination, in the page's spelling. Read it with {@link destinationVaultId}. */
  destinatio_vault_id: Schema.optionalKey(Schema.String),
  /** The same id, spelt as the official SDKs spell it. */
  destination_vault_id: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "ReplicationRecordsExtraInfo" })

/** How one replication goes, or why it failed. */
export type ReplicationRecordsExtraInfo = typeof ReplicationRecordsExtraInfo.Type

/**
 * Id of the vault at the destination, whichever spelling came; the well-spelt
 * one wins when both did.
 */
export const destinationVaultId = (info: ReplicationRecordsExtraInfo): string | undefined =>
  info.destination_vault_id ?? info.destinatio_vault_id

/**
 * Why a replication failed, in the service's words: its code, then its reason,
 * as far as they came and say something.
 *
 * @example
 * ```ts
 * failureReasons(record.extra_info) // ["BackupService.2112", "The destination vault has no capacity left."]
 * ```
 */
export const failureReasons = (info: ReplicationRecordsExtraInfo | undefined): ReadonlyArray<string> =>
  [info?.fail_code ?? "", info?.fail_reason ?? ""].filter((text) => text !== "")
