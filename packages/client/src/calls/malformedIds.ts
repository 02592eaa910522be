import { BackupId, isShowBackupRequest, ProjectId, type ShowBackupRequest } from "@cbr/domain"
import * as Schema from "effect/Schema"
import { InvalidRequest } from "../errors/ShowBackupError.ts"

const isId = { project_id: Schema.is(ProjectId), backup_id: Schema.is(BackupId) }

/** The fault of a request whose ids are malformed; the client sends no such request. */
export const malformedIds = (request: ShowBackupRequest): InvalidRequest | undefined => {
  if (isShowBackupRequest(request)) return undefined
  const fields = (["project_id", "backup_id"] as const).filter((field) => !isId[field](request[field]))
  return new InvalidRequest({ detail: { code: "ids-malformed", fields }, attempts: 0 })
}
