import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { canonicalRequest, declaredPayloadHash, hashOfNothing } from "./CanonicalRequest.ts"
import * as SdkHmacSha256 from "./SdkHmacSha256.ts"
import type { SignableRequest } from "./SignableRequest.ts"
import { decoy, knownKey, readClaim, unsignedPayload, verdict, type VerifyOptions } from "./SignatureClaim.ts"
import type { SignatureRefused } from "./SignatureRefused.ts"

/**
 * What {@link verifyNow} computes with: the functions of a platform that has them without waiting.
 * @category Signing
 * @since 0.1.0
 */
export interface SynchronousHashes {
  /** Lower-case hex; text is hashed as UTF-8. */
  readonly sha256: (data: string | Uint8Array) => string
  /** Lower-case hex of HMAC-SHA256 keyed with the secret's UTF-8 bytes, of a text as UTF-8. */
  readonly hmacSha256: (sk: Redacted.Redacted<string>, data: string) => string
  /** Whether two SHA-256 in hex are equal, in a time that does not tell where they differ. */
  readonly areEqual: (a: string, b: string) => boolean
}

/**
 * What `verify` says of a request signed by SDK-HMAC-SHA256, without waiting:
 * for servers that answer in one synchronous step. `undefined` for any other
 * algorithm, which only `verify` knows.
 * @category Signing
 * @since 0.1.0
 */
export const verifyNow = (
  request: SignableRequest,
  options: VerifyOptions,
  hashes: SynchronousHashes
): Result.Result<{ readonly ak: string }, SignatureRefused> | undefined => {
  const claim = readClaim(request, options)
  if (Result.isFailure(claim)) return Result.fail(claim.failure)
  const { authorization, date } = claim.success
  if (authorization.algorithm !== SdkHmacSha256.algorithm) return undefined
  const { ak, signature, signedHeaders } = authorization

  const declared = declaredPayloadHash(request.headers)
  const hashOfBody = () =>
    request.body === undefined || request.body.length === 0 ? hashOfNothing : hashes.sha256(request.body)
  const canonical = canonicalRequest(request, signedHeaders, declared ?? hashOfBody())
  const key = knownKey(ak, options)
  const text = SdkHmacSha256.textToSign(date, hashes.sha256(canonical))
  const isSigned = hashes.areEqual(hashes.hmacSha256((key ?? decoy).sk, text), signature)
  const isBody =
    declared === undefined ||
    declared === unsignedPayload ||
    key === undefined ||
    !isSigned ||
    declared === hashOfBody()
  return verdict(ak, key, isSigned, isBody)
}
