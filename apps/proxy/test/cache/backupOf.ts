import { type BackupResp, ShowBackupResponse } from "@cbr/domain"
import { Result } from "effect"

/** What the service answers for a backup with these fields. */
export const responseOf = (fields: object, request_id?: string): ShowBackupResponse =>
  Result.getOrThrow(ShowBackupResponse.read(JSON.stringify({ backup: fields }), { request_id }))

/** A backup with these fields. */
export const backupOf = (fields: object): BackupResp => responseOf(fields).backup
