import { omitUndefined, ShowBackupResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type MalformedResponse, ResponseTooLarge } from "../errors/ShowBackupError.ts"
import { answerWithout, type HttpResponse } from "../http/httpCall.ts"

/** Reads the answer to ShowBackup. */
export const readShowBackup = (
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
