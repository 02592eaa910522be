import {
  type ListBackupsRequest,
  listBackupsQuery,
  ListBackupsReader,
  malformedListParameters,
  omitUndefined,
  type ShowBackupResponse,
  type UnreadableResponse
} from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  type BackupNotFound,
  InvalidRequest,
  MalformedResponse,
  OtherStatus,
  ResponseTooLarge,
  type ShowBackupError
} from "../errors/ShowBackupError.ts"
import type { HttpCallOptions, HttpResponse } from "../http/httpCall.ts"
import type { ListedPage } from "./ListPagingState.ts"

/** Reads the answer to one attempt: whole, or piece by piece where it consumes. */
export interface AnswerReader<A> extends Pick<HttpCallOptions, "consume"> {
  readonly read: (answer: HttpResponse) => Effect.Effect<A, ShowBackupError>
}

/**
 * The query as it stands on the wire, which is also its canonical form.
 *
 * @source RFC 3986, section 2.3: unreserved characters; a space is `%20`
 */
export const listQueryText = (request: ListBackupsRequest): string =>
  listBackupsQuery(request)
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join("&")

const encoded = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )

/** The fault of a request with malformed parameters; the client sends no such request. */
export const malformedList = (request: ListBackupsRequest): InvalidRequest | undefined => {
  const parameters = malformedListParameters(request)
  return parameters.length === 0
    ? undefined
    : new InvalidRequest({ detail: { code: "list-parameters-malformed", parameters }, attempts: 0 })
}

/** The error of an address that answers 404 to a list: no single backup can be missing. */
export const noSuchRoute = (error: BackupNotFound): Effect.Effect<never, OtherStatus> => {
  const { _tag: _, ...fields } = error
  return Effect.fail(new OtherStatus(fields))
}

/** Reads one page. Its backups are there as their last bytes come. */
export const listReader = (): AnswerReader<ListedPage> => {
  const backups: Array<ShowBackupResponse> = []
  let reader = new ListBackupsReader()
  return {
    consume: (request_id) => {
      reader = new ListBackupsReader({ request_id })
      return (piece) => {
        const ended = reader.push(piece)
        if (Result.isFailure(ended)) return false
        for (const backup of ended.success) backups.push(backup)
        return true
      }
    },
    read: ({ headers, request_id }) => {
      const page = reader.end()
      return Result.isSuccess(page)
        ? Effect.succeed({ backups, page: page.success })
        : Effect.fail(unreadable(page.failure, request_id, headers["content-encoding"] !== undefined))
    }
  }
}

const unreadable = (
  { fault }: UnreadableResponse,
  request_id: string | undefined,
  isCompressed: boolean
): MalformedResponse | ResponseTooLarge => {
  const fields = {
    detail: isCompressed
      ? ({ code: "answer-compressed", service: "CBR" } as const)
      : ({ code: "backup-unreadable", fault } as const),
    status_code: 200,
    ...omitUndefined({ request_id })
  }
  if (fault.code === "list-too-large") return new ResponseTooLarge(fields)
  return new MalformedResponse({ ...fields, ...(fault.code === "not-json" ? { may_be_cut: true } : {}) })
}
