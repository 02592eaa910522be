import type * as Mac from "effect/crypto/Mac"
import type * as DateTime from "effect/DateTime"
import type * as Redacted from "effect/Redacted"
import type { AccessKey } from "./AccessKey.ts"
import { format } from "./Authorization.ts"
import { canonicalRequest, declaredPayloadHash, hashOfNothing } from "./CanonicalRequest.ts"
import { headersToSign } from "./HeadersToSign.ts"
import { algorithm, textToSign } from "./SdkHmacSha256.ts"
import type { SignableRequest } from "./SignableRequest.ts"

/**
 * The hashes of a platform that computes them without waiting, such as Node's in `@cbr/client/node`.
 * @category Signing
 * @since 0.1.0
 */
export interface SynchronousHashes {
  /** Lower-case hex; text is hashed as UTF-8. */
  readonly sha256: (data: string | Uint8Array) => string
  /** Lower-case hex of HMAC-SHA256 keyed with the secret's UTF-8 bytes, of a text as UTF-8. */
  readonly hmacSha256: (sk: Redacted.Redacted<string>, data: string) => string
  /** Lower-case hex of the 32 bytes that HKDF-SHA256 gives for a secret, a salt and an info, each a text as UTF-8. */
  readonly hkdfSha256: (sk: Redacted.Redacted<string>, salt: string, info: string) => string
  /** Whether two SHA-256 in hex are equal, in a time that does not tell where they differ. */
  readonly areEqual: (a: string, b: string) => boolean
}

/** Signs a request at once, as `sign` of SDK-HMAC-SHA256 does. An empty secret is not refused. */
export type SynchronousSigner = (
  request: SignableRequest,
  options: { readonly accessKey: AccessKey; readonly date: DateTime.Utc }
) => Readonly<Record<string, string>>

/** The key under which a `Mac` holds a signer that needs no fiber. */
const synchronous = Symbol("synchronous signer")

/** Adds to a `Mac` a signer by the hashes of its platform. */
export const withSigner = (mac: Mac.Mac["Service"], hashes: SynchronousHashes): Mac.Mac["Service"] =>
  Object.assign({ ...mac }, { [synchronous]: synchronousSigner(hashes) })

/** The signer that a `Mac` holds, if any. */
export const signerOf = (mac: Mac.Mac["Service"] & { readonly [synchronous]?: SynchronousSigner }) => mac[synchronous]

/** Lower-case hex SHA-256 of a request's body. */
export const bodyHash = (hashes: SynchronousHashes, { body }: SignableRequest): string =>
  body === undefined || body.length === 0 ? hashOfNothing : hashes.sha256(body)

/** A signer by hashes that do not wait. */
export const synchronousSigner =
  (hashes: SynchronousHashes): SynchronousSigner =>
  (request, { accessKey, date: now }) => {
    const { date, headers, signedHeaders } = headersToSign(request, accessKey, now)
    const payload = declaredPayloadHash(request.headers) ?? bodyHash(hashes, request)
    const hash = hashes.sha256(canonicalRequest({ ...request, headers }, signedHeaders, payload))
    const signature = hashes.hmacSha256(accessKey.sk, textToSign(date, hash))
    return { ...headers, authorization: format({ algorithm, ak: accessKey.ak, signedHeaders, signature }) }
  }
