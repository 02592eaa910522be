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
) => Effect.Effect<Readonly<Record<string, string>>, never, Mac.Mac | Digest.Digest> = (
  request,
  { accessKey, date: now }
) =>
  Effect.suspend(() => {
    const { date, headers, signedHeaders } = headersToSign(request, accessKey, now)
    return payloadHash(request).pipe(
      Effect.flatMap((hash) => canonicalRequestHash(canonicalRequest({ ...request, headers }, signedHeaders, hash))),
      Effect.flatMap((hash) => hmacOfText(accessKey.sk, stringToSign(date, hash))),
      Effect.map((bytes) => {
        const signature = Hex.encode(bytes)
        return { ...headers, authorization: format({ algorithm, ak: accessKey.ak, signedHeaders, signature }) }
      })
    )
  })

const hmacOfText = (sk: AccessKey["sk"], text: Uint8Array): Effect.Effect<Uint8Array, never, Mac.Mac> =>
  Effect.flatMap(hmacKey(sk), (key) => Effect.orDie(Mac.Mac.use((mac) => mac.sign(key, text))))
