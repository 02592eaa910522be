import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Drift } from "./Drift.ts"
import { byteOrderMark } from "./JsonText.ts"
import * as LenientDecoder from "./LenientDecoder.ts"
import { isObject } from "./StructFields.ts"
import { UnreadableResponse } from "./UnreadableResponse.ts"

/**
 * The fields of a page of the list beside its backups.
 *
 * @source GET /v3/{project_id}/backups, response body
 * @category Requests and responses
 * @since 0.2.0
 */
export interface ListBackupsPage {
  /** Backups on the page. */
  readonly received: number
  /** The service's own number: of the page or of all that match, which the page does not say. */
  readonly count: number | undefined
  readonly limit: number | undefined
  readonly offset: number | undefined
  /** The drift of the page itself; each backup has its own. */
  readonly drift: ReadonlyArray<Drift>
}

const Page = Schema.Struct({
  // To decode each of a thousand zeros would cost more than the rest of the page.
  backups: Schema.optionalKey(Schema.Unknown),
  count: Schema.optionalKey(Schema.Int),
  limit: Schema.optionalKey(Schema.Int),
  offset: Schema.optionalKey(Schema.Int)
})

/**
 * Decodes the text of a page in which a 0 stands for each backup.
 *
 * @param received the backups that the reader took from it; undefined if it found no list
 */
export const decodePage = (
  text: string,
  received: number | undefined
): Result.Result<ListBackupsPage, UnreadableResponse> => {
  let body: unknown
  try {
    body = JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text)
  } catch {
    return Result.fail(notJson)
  }
  const drift: Array<Drift> = []
  const page = received !== undefined && isObject(body) ? LenientDecoder.decode(Page, body, "", drift) : undefined
  // The reader took no list from another spelling of the key, or from a second one.
  if (received === undefined || page === undefined || !isZeros(page.backups, received)) return Result.fail(notAList)
  return Result.succeed({ received, count: page.count, limit: page.limit, offset: page.offset, drift })
}

const isZeros = (value: unknown, count: number): boolean =>
  Array.isArray(value) && value.length === count && value.every((each) => each === 0)

export const notJson = new UnreadableResponse({ fault: { code: "not-json" } })
const notAList = new UnreadableResponse({ fault: { code: "not-a-list" } })
