import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import Negotiator from "negotiator"
import { noneMatchFails } from "../cache/IfNoneMatch.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import type { FleetAnswer } from "../live/FleetDigests.ts"

/** A digest as the caller asked for it: compressed or not, whole or as a 304. */
export const fleetResponse = Effect.fnUntraced(function* (
  head: RequestHead,
  { body, compressed, etag: tag }: FleetAnswer
) {
  const isCompressed = takesGzip(head)
  const etag = isCompressed ? `${tag.slice(0, -1)}-gzip"` : tag
  const headers = {
    etag,
    "cache-control": "private, no-cache",
    vary: "authorization, x-api-key, x-auth-token, accept-encoding"
  }
  if (noneMatchFails(valuesOf(head, "if-none-match"), etag)) return HttpServerResponse.empty({ status: 304, headers })
  return HttpServerResponse.uint8Array(isCompressed ? yield* compressed : body, {
    contentType: "application/json",
    headers: isCompressed ? { ...headers, "content-encoding": "gzip" } : headers
  })
})

const takesGzip = (head: RequestHead): boolean => {
  const accepted = valuesOf(head, "accept-encoding").join(",")
  return (
    accepted !== "" &&
    new Negotiator({ headers: { "accept-encoding": accepted } }).encodings(["gzip", "identity"])[0] === "gzip"
  )
}
