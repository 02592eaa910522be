import type * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import { type AccessKey, hmacKeyOfText } from "./AccessKey.ts"
import { format, scopeInfo } from "./Authorization.ts"
import { canonicalRequest, canonicalRequestHash, payloadHash } from "./CanonicalRequest.ts"
import { headersToSign } from "./HeadersToSign.ts"
import type { SignableRequest } from "./SignableRequest.ts"

/**
 * The derived algorithm: its key is good for one day, region and service. The SDKs use it for hosts that do not look
 * like a Huawei Cloud region's.
 * @category Signing
 * @since 0.1.0
 */
export const algorithm = "V11-HMAC-SHA256"

const encoder = new TextEncoder()

/**
 * The text that is signed: algorithm, date, scope and the hash of the canonical request, a line each.
 *
 * @param date the value of `x-sdk-date`
 * @param info `YYYYMMDD/<region>/<service>`
 * @category Signing
 * @since 0.1.0
 */
export const textToSign = (date: string, info: string, canonicalRequestHash: string): string =>
  `${algorithm}\n${date}\n${info}\n${canonicalRequestHash}`

interface DerivedKey {
  readonly ak: string
  readonly info: string
  readonly key: Mac.Key
}

// The last key of each secret: it changes once a day.
const derivedKeys = new WeakMap<Redacted.Redacted<string>, DerivedKey>()

/**
 * The HMAC key of an access key for one day, region and service: HKDF-SHA256 (RFC 5869) of one block, salt the AK,
 * secret the SK, 32 bytes, whose **hex text** is the HMAC key. Two HMACs, so that signing asks for `Mac` alone and not
 * for a key derivation service too. Neither `ak` nor `sk` may be empty.
 *
 * @param info `YYYYMMDD/<region>/<service>`
 */
const derivedKey = Effect.fnUntraced(function* (ak: string, sk: Redacted.Redacted<string>, info: string) {
  const known = derivedKeys.get(sk)
  if (known !== undefined && known.info === info && known.ak === ak) return known.key
  const mac = yield* Mac.Mac
  const salt = yield* hmacKeyOfText(ak)
  const pseudorandom = yield* Effect.orDie(mac.sign(salt, encoder.encode(Redacted.value(sk))))
  const expansion = yield* Effect.orDie(Mac.key(Mac.hmacSha256, pseudorandom))
  const derived = yield* Effect.orDie(mac.sign(expansion, encoder.encode(`${info}\u0001`)))
  const key = yield* hmacKeyOfText(Hex.encode(derived))
  derivedKeys.set(sk, { ak, info, key })
  return key
})

/**
 * The headers to send with a request, as `sign` of SDK-HMAC-SHA256 gives them, with a derived signature.
 *
 * @example
 * const headers = yield* sign(request, { accessKey, date, region: "cn-north-4", service: "cbr" })
 * @category Signing
 * @since 0.1.0
 */
export const sign: (
  request: SignableRequest,
  options: {
    readonly accessKey: AccessKey
    readonly date: DateTime.Utc
    /** Region id, such as `cn-north-4`. */
    readonly region: string
    /** Short name of the service: `cbr`. */
    readonly service: string
  }
) => Effect.Effect<Readonly<Record<string, string>>, never, Mac.Mac | Digest.Digest> = Effect.fnUntraced(function* (
  request,
  { accessKey, date: now, region, service }
) {
  const { date, headers, signedHeaders } = headersToSign(request, accessKey, now)
  const canonical = canonicalRequest({ ...request, headers }, signedHeaders, yield* payloadHash(request))
  const scope = { day: date.slice(0, 8), region, service }
  const info = scopeInfo(scope)
  const bytes = encoder.encode(textToSign(date, info, yield* canonicalRequestHash(canonical)))
  const key = yield* derivedKey(accessKey.ak, accessKey.sk, info)
  const signature = Hex.encode(yield* Effect.orDie((yield* Mac.Mac).sign(key, bytes)))
  return { ...headers, authorization: format({ algorithm, ak: accessKey.ak, scope, signedHeaders, signature }) }
})
