import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AccessKey } from "./AccessKey.ts"
import { type CredentialScope, scopeInfo } from "./Authorization.ts"
import { canonicalRequest, declaredPayloadHash } from "./CanonicalRequest.ts"
import * as SdkHmacSha256 from "./SdkHmacSha256.ts"
import type { SignableRequest } from "./SignableRequest.ts"
import { readClaim, unsignedPayload, type VerifyOptions } from "./SignatureClaim.ts"
import { type SignatureRefusal, SignatureRefused } from "./SignatureRefused.ts"
import { bodyHash, type SynchronousHashes } from "./SynchronousHashes.ts"
import * as V11HmacSha256 from "./V11HmacSha256.ts"

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
  const refuse = (reason: SignatureRefusal) => Exit.fail(new SignatureRefused({ reason, ak }))
  const declared = declaredPayloadHash(request.headers)
  const hash = hashes.sha256(canonicalRequest(request, signedHeaders, declared ?? bodyHash(hashes, request)))
  const secret = options.secretKeyOf(ak)
  const sk = secret === undefined || Redacted.value(secret) === "" ? decoy : secret
  const isSigned = hashes.areEqual(
    authorization.algorithm === SdkHmacSha256.algorithm
      ? hashes.hmacSha256(sk, SdkHmacSha256.textToSign(date, hash))
      : derivedSignature(hashes, { ak, sk }, authorization.scope, date, hash),
    signature
  )
  if (sk === decoy) return refuse("UnknownAccessKey")
  if (!isSigned) return refuse("SignatureMismatch")
  return declared === undefined || declared === unsignedPayload || declared === bodyHash(hashes, request)
    ? Exit.succeed({ ak })
    : refuse("PayloadMismatch")
}

/**
 * The secret of an unknown key. An unknown key costs the same hashes as a wrong signature: a caller gets one answer for
 * both, and the time must not tell which keys exist.
 */
const decoy = Redacted.make("unknown")

/** Signs with the key of the day, the region and the service, whose hex text is the HMAC key. */
const derivedSignature = (
  hashes: SynchronousHashes,
  { ak, sk }: AccessKey,
  scope: CredentialScope,
  date: string,
  hash: string
) => {
  const info = scopeInfo(scope)
  const key = Redacted.make(hashes.hkdfSha256(sk, ak, info))
  return hashes.hmacSha256(key, V11HmacSha256.textToSign(date, info, hash))
}
