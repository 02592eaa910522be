import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { scopeInfo } from "./Authorization.ts"
import { canonicalRequest, declaredPayloadHash, hashOfNothing } from "./CanonicalRequest.ts"
import * as SdkHmacSha256 from "./SdkHmacSha256.ts"
import type { SignableRequest } from "./SignableRequest.ts"
import { decoy, knownKey, readClaim, unsignedPayload, verdict, type VerifyOptions } from "./SignatureClaim.ts"
import type { SignatureRefused } from "./SignatureRefused.ts"
import * as V11HmacSha256 from "./V11HmacSha256.ts"

/**
 * What {@link verify} computes with: the functions of a platform that has them without waiting, as `@cbr/client/node` gives Node's.
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

/**
 * Whether a request, as received, is signed by the holder of the key it names: an `Exit`, which is an Effect that has
 * ended. Succeeds with the access key id.
 *
 * - `x-sdk-date` must be signed and within the window (15 minutes either way, the bounds included).
 * - Every name in SignedHeaders must be in the request; headers outside the list are not covered by the signature.
 * - `x-sdk-content-sha256`, when given, must be the body's hash or `UNSIGNED-PAYLOAD`.
 * - A path or query with a `%` that begins no escape is refused, as a service answers it with 400.
 *
 * Any input gives a success or a `SignatureRefused`, never a defect. Reasons are for logs and for the service's own
 * error texts: `UnknownAccessKey` and `SignatureMismatch` take the same hashes, so answer both alike where callers
 * should not learn which keys exist.
 *
 * @example
 * const { ak } = yield* verify(request, { secretKeyOf: (ak) => secrets.get(ak), now: yield* DateTime.now }, hashes)
 * @category Signing
 * @since 0.1.0
 */
export const verify = (
  request: SignableRequest,
  options: VerifyOptions,
  hashes: SynchronousHashes
): Exit.Exit<{ readonly ak: string }, SignatureRefused> => {
  const claim = readClaim(request, options)
  if (Result.isFailure(claim)) return Exit.fail(claim.failure)
  const { authorization, date } = claim.success
  const { ak, signature, signedHeaders } = authorization

  const declared = declaredPayloadHash(request.headers)
  const hashOfBody = () =>
    request.body === undefined || request.body.length === 0 ? hashOfNothing : hashes.sha256(request.body)
  const hash = hashes.sha256(canonicalRequest(request, signedHeaders, declared ?? hashOfBody()))
  const key = knownKey(ak, options)
  const { sk } = key ?? decoy
  const isSigned = hashes.areEqual(
    authorization.algorithm === SdkHmacSha256.algorithm
      ? hashes.hmacSha256(sk, SdkHmacSha256.textToSign(date, hash))
      : derivedSignature(hashes, (key ?? decoy).ak, sk, scopeInfo(authorization.scope), date, hash),
    signature
  )
  const isBody =
    declared === undefined ||
    declared === unsignedPayload ||
    key === undefined ||
    !isSigned ||
    declared === hashOfBody()
  const result = verdict(ak, key, isSigned, isBody)
  return Result.isSuccess(result) ? Exit.succeed(result.success) : Exit.fail(result.failure)
}

/** By the key of the day, the region and the service, whose hex text is the HMAC key. */
const derivedSignature = (
  hashes: SynchronousHashes,
  ak: string,
  sk: Redacted.Redacted<string>,
  info: string,
  date: string,
  canonicalRequestHash: string
): string =>
  hashes.hmacSha256(
    Redacted.make(hashes.hkdfSha256(sk, ak, info)),
    V11HmacSha256.textToSign(date, info, canonicalRequestHash)
  )
