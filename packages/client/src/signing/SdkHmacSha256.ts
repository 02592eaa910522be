import type * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import { type AccessKey, hmacKey } from "./AccessKey.ts"
import { format } from "./Authorization.ts"
import { canonicalRequest, canonicalRequestHash, payloadHash } from "./CanonicalRequest.ts"
import { headersToSign } from "./HeadersToSign.ts"
import type { SignableRequest } from "./SignableRequest.ts"

/**
 * The cloud's usual signing algorithm: HMAC-SHA256 keyed with the secret access key itself.
 * @category Signing
 * @since 0.1.0
 */
export const algorithm = "SDK-HMAC-SHA256"

const encoder = new TextEncoder()

/**
 * The text that is signed: algorithm, date and the hash of the canonical request, a line each.
 *
 * @param date the value of `x-sdk-date`
 * @category Signing
 * @since 0.1.0
 */
export const textToSign = (date: string, canonicalRequestHash: string): string =>
  `${algorithm}\n${date}\n${canonicalRequestHash}`

/**
 * The same as bytes.
 * @category Signing
 * @since 0.1.0
 */
export const stringToSign = (date: string, canonicalRequestHash: string): Uint8Array =>
  encoder.encode(textToSign(date, canonicalRequestHash))

/**
 * The headers to send with a request: its own, `x-sdk-date`, `x-security-token` when the key is temporary, and
 * `authorization`. `host` must be among the request's headers, as it will be sent. All headers are signed but those
 * with `_` in their name, so keep those out that a gateway changes on the way.
 *
 * An empty secret is a defect.
 *
 * @example
 * const headers = yield* sign(request, { accessKey: { ak, sk }, date: yield* DateTime.now })
 * @category Signing
 * @since 0.1.0
 */
export const sign: (
  request: SignableRequest,
  options: { readonly accessKey: AccessKey; readonly date: DateTime.Utc }
) => Effect.Effect<Readonly<Record<string, string>>, never, Mac.Mac | Digest.Digest> = Effect.fnUntraced(function* (
  request,
  { accessKey, date: now }
) {
  const { date, headers, signedHeaders } = headersToSign(request, accessKey, now)
  const canonical = canonicalRequest({ ...request, headers }, signedHeaders, yield* payloadHash(request))
  const text = stringToSign(date, yield* canonicalRequestHash(canonical))
  const key = yield* hmacKey(accessKey.sk)
  const signature = Hex.encode(yield* Effect.orDie((yield* Mac.Mac).sign(key, text)))
  return { ...headers, authorization: format({ algorithm, ak: accessKey.ak, signedHeaders, signature }) }
})
