import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import Negotiator from "negotiator"

/** A compression of a body. */
export type ContentCoding = "br" | "gzip"

/** A body below this fits the first packets as it is. */
const smallest = 1_024

/** A body beyond this, which no real backup has, would hold up every other caller while it is compressed. */
const largest = 1024 * 1024

/**
 * The coding for a body of so many bytes: the one that the caller likes best,
 * of equals the one that it names first, none where it names none.
 *
 * @param acceptEncoding the field's value, several joined by commas; absent means none, though the RFC would allow any
 * @source RFC 9110, section 12.5.3
 */
export const codingFor = (acceptEncoding: string | undefined, bytes: number): ContentCoding | undefined => {
  if (acceptEncoding === undefined || bytes < smallest || bytes > largest) return undefined
  const [best] = new Negotiator({ headers: { "accept-encoding": acceptEncoding } }).encodings([
    "br",
    "gzip",
    "identity"
  ])
  return best === "br" || best === "gzip" ? best : undefined
}

/** The body in a coding. Same bytes in, same bytes out, as its strong entity tag promises. */
export const encode = (body: Uint8Array, coding: ContentCoding): Buffer =>
  coding === "gzip"
    ? gzipSync(body)
    : brotliCompressSync(body, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.length }
      })
