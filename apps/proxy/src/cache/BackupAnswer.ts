import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type RequestHead, valuesOf } from "../edge/RequestHead.ts"
import { type Present, type Representation, withCoding } from "./CacheEntry.ts"
import { type CacheStatus, fieldOf } from "./CacheStatus.ts"
import type { CacheStore } from "./CacheStore.ts"
import { type ContentCoding, codingFor } from "./ContentCoding.ts"
import { noneMatchFails } from "./EntityTag.ts"

/** What an answer says of itself beyond its body. */
export interface AnswerMoment {
  readonly status: CacheStatus
  /** When it is given, in milliseconds since 1970. */
  readonly at: number
}

/** What decides about the answer beside the caller: whoever caches it must ask again when one of these differs. */
const vary = "authorization, x-api-key, x-auth-token, accept-encoding"

/**
 * A backup as the caller asked for it: compressed or not, whole or as a 304.
 * A coding that is made for it is kept in the store.
 */
export const answerOf = (
  head: RequestHead,
  entry: Present,
  moment: AnswerMoment,
  store: Pick<CacheStore, "replace">
): HttpServerResponse.HttpServerResponse => {
  const coding = codingFor(valuesOf(head, "accept-encoding").join(",") || undefined, entry.identity.body.length)
  const representation = represent(entry, coding, store)
  const headers = fieldsOf(entry, representation, coding, moment)
  return noneMatchFails(valuesOf(head, "if-none-match"), representation.etag)
    ? HttpServerResponse.empty({ status: 304, headers })
    : HttpServerResponse.uint8Array(representation.body, { contentType: "application/json", headers })
}

const represent = (
  entry: Present,
  coding: ContentCoding | undefined,
  store: Pick<CacheStore, "replace">
): Representation => {
  if (coding === undefined) return entry.identity
  const known = entry.encoded[coding]
  if (known !== undefined) return known
  const copy = withCoding(entry, coding)
  store.replace(entry, copy)
  return copy.encoded[coding] ?? entry.identity
}

/**
 * The fields of the answer, and of the 304 that stands for it.
 *
 * @source RFC 9110, section 15.4.5; RFC 9111, sections 5.1 and 5.2; RFC 9211
 */
const fieldsOf = (
  entry: Present,
  representation: Representation,
  coding: ContentCoding | undefined,
  { at, status }: AnswerMoment
): Readonly<Record<string, string>> => ({
  etag: representation.etag,
  vary,
  "cache-control": `private, max-age=${Math.max(0, Math.floor((entry.lifetime.freshUntil - at) / 1_000))}`,
  "cache-status": fieldOf(status),
  ...(status.hit ? { age: String(Math.floor((at - entry.at) / 1_000)) } : {}),
  ...(coding === undefined ? {} : { "content-encoding": coding }),
  ...(entry.request_id === undefined ? {} : { "x-request-id": entry.request_id })
})
