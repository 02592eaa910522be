import { BackupNotFound } from "@cbr/client"
import { ShowBackupResponse, omitUndefined } from "@cbr/domain"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Answered } from "../cache/SharedAnswers.ts"

const Written = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ key: Schema.String, raw: Schema.String, request_id: Schema.optionalKey(Schema.String) }),
    Schema.Struct({ key: Schema.String, absent: BackupNotFound, was_leaving: Schema.Boolean })
  ])
)

const decode = Schema.decodeUnknownOption(Written)
const encode = Schema.encodeSync(Written)

/** An answer as it stands in Redis: what the cloud said, and nothing that can be worked out from it. */
export const write = (key: string, { answer, wasLeaving }: Answered): string =>
  encode(
    Result.match(answer, {
      onFailure: (absent) => ({ key, absent, was_leaving: wasLeaving }),
      onSuccess: ({ raw, request_id }) => ({ key, raw, ...omitUndefined({ request_id }) })
    })
  )

/** The answer in a text; `undefined` when it is none, or one for another key. */
export const read = (key: string, text: string): Answered | undefined => {
  const written = Option.getOrUndefined(decode(text))
  if (written?.key !== key) return undefined
  if ("absent" in written) return { answer: Result.fail(written.absent), wasLeaving: written.was_leaving }
  const answer = ShowBackupResponse.read(written.raw, { request_id: written.request_id })
  return Result.isSuccess(answer) ? { answer: Result.succeed(answer.success), wasLeaving: false } : undefined
}
