import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { headerValue, type SignableRequest } from "./SignableRequest.ts"

const encoder = new TextEncoder()

const escapeOrReserved = /%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/gu
const unreserved = /^[A-Za-z0-9\-._~]$/

const percent = (code: number): string => `%${code < 16 ? "0" : ""}${code.toString(16).toUpperCase()}`

const encodeMatch = (match: string): string => {
  if (match.length === 3 && match.charCodeAt(0) === 0x25) {
    const decoded = String.fromCharCode(Number.parseInt(match.slice(1), 16))
    return unreserved.test(decoded) ? decoded : match.toUpperCase()
  }
  const code = match.charCodeAt(0)
  return code < 0x80 ? percent(code) : encodeURIComponent(match.toWellFormed())
}

/**
 * Decodes and encodes again in one pass over the octets, so text that is no valid UTF-8 keeps its octets.
 */
const encodeComponent = (text: string): string => text.replace(escapeOrReserved, encodeMatch)

const plainPath = /^[A-Za-z0-9\-._~/]*$/

/**
 * The canonical URI: every segment of the decoded path percent-encoded (`A-Z a-z 0-9 - _ . ~` stay, upper-case hex),
 * always with a `/` at its end. Dot segments and doubled slashes stay: sign the path that is sent.
 *
 * A `%` that begins no escape stands for itself and becomes `%25`. A service refuses such a request line with 400,
 * and so does `verify`.
 *
 * @example
 * canonicalUri("/v3/p/backups/a%7eb") // "/v3/p/backups/a~b/"
 * @category Signing
 * @since 0.1.0
 */
export const canonicalUri = (path: string): string => {
  const encoded = plainPath.test(path) ? path : path.split("/").map(encodeComponent).join("/")
  return encoded.endsWith("/") ? encoded : `${encoded}/`
}

interface QueryPair {
  readonly name: string
  readonly value: string
  readonly encoded: string
}

/** The sort key of an encoded text: the decoded text, or the encoded one if its octets are not UTF-8. */
const decoded = (encoded: string): string =>
  encoded.includes("%")
    ? Result.getOrElse(
        Result.try(() => decodeURIComponent(encoded)),
        () => encoded
      )
    : encoded

const queryPair = (text: string): QueryPair => {
  const equals = text.indexOf("=")
  const name = encodeComponent(equals < 0 ? text : text.slice(0, equals))
  const value = equals < 0 ? "" : encodeComponent(text.slice(equals + 1))
  return { name: decoded(name), value: decoded(value), encoded: `${name}=${value}` }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * The canonical query: pairs sorted by decoded name, then decoded value (UTF-16 code units), both percent-encoded
 * (a space is `%20`) and joined by `&`. A name without a value is `name=`; empty pairs vanish.
 *
 * `+` is a plus sign, as RFC 3986 has it: write a space as `%20`. A malformed escape is treated as in {@link canonicalUri}.
 *
 * @example
 * canonicalQuery("name=cn-north-4&a%20b=2&a%20b=1") // "a%20b=1&a%20b=2&name=cn-north-4"
 * @category Signing
 * @since 0.1.0
 */
export const canonicalQuery = (query: string): string =>
  query === ""
    ? ""
    : query
        .split("&")
        .filter((pair) => pair !== "")
        .map(queryPair)
        .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value) || compare(a.encoded, b.encoded))
        .map((pair) => pair.encoded)
        .join("&")

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

/** Removes the spaces and tabs around a value, which are no part of it (RFC 9110, section 5.5). */
const trimmed = (value: string): string => {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return end - start === value.length ? value : value.slice(start, end)
}

/**
 * One `name:value\n` for each signed header, in the order given, values without the blanks around them.
 * @category Signing
 * @since 0.1.0
 */
export const canonicalHeaders = (headers: SignableRequest["headers"], signedHeaders: ReadonlyArray<string>): string => {
  let lines = ""
  for (const name of signedHeaders) lines += `${name}:${trimmed(headerValue(headers, name) ?? "")}\n`
  return lines
}

/** Lower-case hex SHA-256 of no byte at all. */
export const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/** Lower-case hex SHA-256 of a request's body. */
const bodyHash = (body: SignableRequest["body"]): Effect.Effect<string, never, Digest.Digest> =>
  body === undefined || body.length === 0
    ? Effect.succeed(hashOfNothing)
    : Digest.Digest.use((digest) =>
        digest.digestHex(Digest.sha256, typeof body === "string" ? encoder.encode(body) : body)
      )

/** The value of `x-sdk-content-sha256`: the hash of the body, or the mark that leaves the body unsigned. */
export const declaredPayloadHash = (headers: SignableRequest["headers"]): string | undefined => {
  const declared = headerValue(headers, "x-sdk-content-sha256")
  return declared === undefined ? undefined : trimmed(declared)
}

/**
 * The last line of the canonical request: the value of `x-sdk-content-sha256` when that header is given,
 * else the lower-case hex SHA-256 of the body.
 * @category Signing
 * @since 0.1.0
 */
export const payloadHash = (request: SignableRequest): Effect.Effect<string, never, Digest.Digest> => {
  const declared = declaredPayloadHash(request.headers)
  return declared === undefined ? bodyHash(request.body) : Effect.succeed(declared)
}

/**
 * The text whose hash is signed: method, canonical URI, canonical query, canonical headers, signed header names and
 * payload hash, joined by `\n`. Each header line ends in `\n`, so an empty line stands before the names.
 *
 * @param signedHeaders lower-case names in ascending order
 * @category Signing
 * @since 0.1.0
 */
export const canonicalRequest = (
  request: SignableRequest,
  signedHeaders: ReadonlyArray<string>,
  payloadHash: string
): string =>
  `${request.method}\n${canonicalUri(request.path)}\n${canonicalQuery(request.query)}\n${canonicalHeaders(
    request.headers,
    signedHeaders
  )}\n${signedHeaders.join(";")}\n${payloadHash}`

/**
 * Lower-case hex SHA-256 of a canonical request, as it stands in the string to sign.
 * @category Signing
 * @since 0.1.0
 */
export const canonicalRequestHash = (canonicalRequest: string): Effect.Effect<string, never, Digest.Digest> =>
  Digest.Digest.use((digest) => digest.digestHex(Digest.sha256, encoder.encode(canonicalRequest)))
