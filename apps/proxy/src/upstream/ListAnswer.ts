import { type BackupClient, MalformedResponse, ResponseTooLarge, type ShowBackupError } from "@cbr/client"
import {
  type ListBackupsPage,
  ListBackupsReader,
  type ListBackupsRequest,
  type ShowBackupResponse,
  type UnreadableResponse
} from "@cbr/domain"
import * as Effect from "effect/Effect"

/** What the cloud answered of a page of the list; beside the body as it came, each of its backups. */
export interface ListAnswer {
  /** The body as it came. */
  readonly raw: string
  /** The service's id of the call. */
  readonly request_id: string | undefined
  readonly backups: ReadonlyArray<ShowBackupResponse>
  /** What it says beside its backups. */
  readonly page: ListBackupsPage
}

/** Bytes that are read before other requests have their turn: about a millisecond's worth. */
const turnBytes = 96 * 1024

/** Reads a body of the list. Other requests have their turns meanwhile. */
export const readList = Effect.fnUntraced(function* (
  raw: string,
  request_id: string | undefined
): Effect.fn.Return<ListAnswer, UnreadableResponse> {
  const reader = new ListBackupsReader({ request_id })
  const bytes = Buffer.from(raw)
  const backups: Array<ShowBackupResponse> = []
  for (let at = 0; at < bytes.length; at += turnBytes) {
    if (at > 0) yield* Effect.yieldNow
    for (const backup of yield* Effect.fromResult(reader.push(bytes.subarray(at, at + turnBytes)))) backups.push(backup)
  }
  return { raw, request_id, backups, page: yield* Effect.fromResult(reader.end()) }
})

/** The same; fails as the call does that brought the body. */
export const readListAnswer = (raw: string, request_id: string | undefined) =>
  Effect.catchTag(readList(raw, request_id), "UnreadableResponse", ({ fault }) => {
    const fields = {
      detail: { code: "backup-unreadable", fault },
      status_code: 200,
      ...(request_id === undefined ? {} : { request_id })
    } as const
    return Effect.fail(fault.code === "list-too-large" ? new ResponseTooLarge(fields) : new MalformedResponse(fields))
  })

/** The call for a page of the list, by a client. */
export const listCall =
  ({ listBackupsBody }: Pick<BackupClient["Service"], "listBackupsBody">) =>
  (request: ListBackupsRequest): Effect.Effect<ListAnswer, ShowBackupError> =>
    Effect.flatMap(listBackupsBody(request), ({ raw, request_id }) => readListAnswer(raw, request_id))

/** Whether what the cloud answered is a page of the list. */
export const isListAnswer = (answer: ShowBackupResponse | ListAnswer): answer is ListAnswer => "backups" in answer
