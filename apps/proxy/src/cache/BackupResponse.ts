import type { BufferedResponse } from "../http/BufferedResponse.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { type Present, type Representation, withCoding } from "./CacheEntry.ts"
import { type CacheStatus, fieldOf } from "./CacheStatus.ts"
import type { CacheStore } from "./CacheStore.ts"
import { type ContentCoding, codingFor } from "./ContentCoding.ts"
import { noneMatchFails } from "./IfNoneMatch.ts"

/** The moment of an answer, and the cache's part in it. */
export interface ResponseMoment {
  readonly status: CacheStatus
  /** When it is given, in milliseconds since 1970. */
  readonly at: number
}

/** The request fields that change the response: a cache must ask again when one of these differs. */
const vary = "authorization, x-api-key, x-auth-token, accept-encoding"

/**
 * A backup as the caller asked for it: compressed or not, whole or as a 304.
 * A coding that is made for it is kept in the store.
 */
export const backupResponse = (
  head: RequestHead,
  entry: Present,
  moment: ResponseMoment,
  store: Pick<CacheStore, "replace">
): BufferedResponse => {
  const coding = codingOf(head, entry)
  const representation = represent(entry, coding, store)
  const fields = fieldsOf(entry, representation, coding, moment)
  const { request_id } = entry
  if (isKnown(head, representation)) return { status: 304, fields, body: undefined, bytes: 0, request_id }
  fields.push("content-type", contentType, "content-length", representation.length)
  const { body, written } = representation
  return { status: 200, fields, body: written, bytes: body.length, request_id }
}

const contentType = "application/json"

const codingOf = (head: RequestHead, entry: Present): ContentCoding | undefined => {
  const accepted = valuesOf(head, "accept-encoding")
  return accepted.length === 0 ? undefined : codingFor(accepted.join(",") || undefined, entry.identity.body.length)
}

const isKnown = (head: RequestHead, { etag }: Representation): boolean =>
  noneMatchFails(valuesOf(head, "if-none-match"), etag)

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
 * The fields of the answer, and of the 304 that stands for it: names and values in turn.
 *
 * @source RFC 9110, section 15.4.5; RFC 9111, sections 4.2, 5.1 and 5.2; RFC 9211
 */
const fieldsOf = (
  entry: Present,
  { etag }: Representation,
  coding: ContentCoding | undefined,
  { at, status }: ResponseMoment
): Array<string> => {
  // A cache takes Age off max-age: the two count from the same moment, the cloud's answer to the proxy.
  const start = status.hit ? entry.at : at
  const maxAge = Math.max(0, Math.floor((entry.freshness.freshUntil - start) / 1_000))
  const fields = [
    "etag",
    etag,
    "vary",
    vary,
    "cache-control",
    `private, max-age=${maxAge}`,
    "cache-status",
    fieldOf(status)
  ]
  if (status.hit) fields.push("age", String(Math.floor((at - entry.at) / 1_000)))
  if (coding !== undefined) fields.push("content-encoding", coding)
  if (entry.request_id !== undefined) fields.push("x-request-id", entry.request_id)
  return fields
}
