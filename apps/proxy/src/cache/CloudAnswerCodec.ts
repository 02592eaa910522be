import { BackupNotFound } from "@cbr/client"
import { omitUndefined, ShowBackupResponse, type UnreadableResponse } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readList } from "../upstream/ListAnswer.ts"
import { isListKey } from "./CacheKey.ts"
import type { CloudAnswer, CloudResponse } from "./CloudAnswer.ts"

const Written = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ key: Schema.String, raw: Schema.String, request_id: Schema.optionalKey(Schema.String) }),
    Schema.Struct({ key: Schema.String, absent: BackupNotFound, was_leaving: Schema.Boolean })
  ])
)

const decodeWritten = Schema.decodeUnknownOption(Written)
const encodeWritten = Schema.encodeSync(Written)

/** An answer as it stands in Redis: the cloud's text, and nothing that can be worked out from it. */
export const encode = (key: string, { answer, wasLeaving }: CloudAnswer): string =>
  encodeWritten(
    Result.match(answer, {
      onFailure: (absent) => ({ key, absent, was_leaving: wasLeaving }),
      onSuccess: ({ raw, request_id }) => ({ key, raw, ...omitUndefined({ request_id }) })
    })
  )

/** The answer in a text; `undefined` when it is none, or one for another key. */
export const decode = Effect.fnUntraced(function* (
  key: string,
  text: string
): Effect.fn.Return<CloudAnswer | undefined> {
  const written = Option.getOrUndefined(decodeWritten(text))
  if (written?.key !== key) return undefined
  if ("absent" in written) return { answer: Result.fail(written.absent), wasLeaving: written.was_leaving }
  const { raw, request_id } = written
  const answer: Result.Result<CloudResponse, UnreadableResponse> = isListKey(key)
    ? yield* Effect.result(readList(raw, request_id))
    : ShowBackupResponse.read(raw, { request_id })
  return Result.isSuccess(answer) ? { answer: Result.succeed(answer.success), wasLeaving: false } : undefined
})
