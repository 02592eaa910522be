import {
  BackupId,
  isShowBackupRequest,
  omitUndefined,
  ProjectId,
  type ShowBackupRequest,
  ShowBackupResponse
} from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidRequest, type MalformedResponse, ResponseTooLarge } from "../errors/ShowBackupError.ts"
import { answerWithout, type HttpResponse } from "../http/httpCall.ts"

const isId = { project_id: Schema.is(ProjectId), backup_id: Schema.is(BackupId) }

/** The fault of a request whose ids are malformed; the client sends no such request. */
export const malformedIds = (request: ShowBackupRequest): InvalidRequest | undefined => {
  if (isShowBackupRequest(request)) return undefined
  const fields = (["project_id", "backup_id"] as const).filter((field) => !isId[field](request[field]))
  return new InvalidRequest({ detail: { code: "ids-malformed", fields }, attempts: 0 })
}

/** Reads the answer to ShowBackup. */
export const readBackup = (
  answer: HttpResponse
): Effect.Effect<ShowBackupResponse, MalformedResponse | ResponseTooLarge> => {
  const { request_id, text } = answer
  const response = ShowBackupResponse.read(text, { request_id })
  if (Result.isSuccess(response)) return Effect.succeed(response.success)
  const { fault } = response.failure
  const detail = { code: "backup-unreadable", fault } as const
  const status = { status_code: 200, ...omitUndefined({ request_id }) }
  return Effect.fail(
    fault.code === "too-large" ? new ResponseTooLarge({ detail, ...status }) : answerWithout(answer, detail, status)
  )
}
