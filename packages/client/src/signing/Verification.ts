import type * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Result from "effect/Result"
import { type AccessKey, hmacKey } from "./AccessKey.ts"
import { scopeInfo } from "./Authorization.ts"
import { bodyHash, canonicalRequest, canonicalRequestHash, declaredPayloadHash } from "./CanonicalRequest.ts"
import * as SdkHmacSha256 from "./SdkHmacSha256.ts"
import type { SignableRequest } from "./SignableRequest.ts"
import {
  type Claim,
  decoy,
  knownKey,
  readClaim,
  unsignedPayload,
  verdict,
  type VerifyOptions
} from "./SignatureClaim.ts"
import type { SignatureRefused } from "./SignatureRefused.ts"
import * as V11HmacSha256 from "./V11HmacSha256.ts"

/** Whether the claimed signature is the one that this access key gives; compared in constant time. */
const isSignedWith = Effect.fnUntraced(function* (
  { authorization, date }: Claim,
  { ak, sk }: AccessKey,
  canonicalRequestHash: string
) {
  const mac = yield* Mac.Mac
  // The header's shape admits hex digits only.
  const signature = Result.getOrThrow(Hex.decode(authorization.signature))
  if (authorization.algorithm === SdkHmacSha256.algorithm) {
    const bytes = SdkHmacSha256.stringToSign(date, canonicalRequestHash)
    return yield* Effect.orDie(mac.verify(yield* hmacKey(sk), signature, bytes))
  }
  const info = scopeInfo(authorization.scope)
  const bytes = V11HmacSha256.stringToSign(date, info, canonicalRequestHash)
  return yield* Effect.orDie(mac.verify(yield* V11HmacSha256.derivedKey(ak, sk, info), signature, bytes))
})

/**
 * Whether a request, as received, is signed by the holder of the key it names. Succeeds with the access key id.
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
 * const { ak } = yield* verify(request, { secretKeyOf: (ak) => secrets.get(ak), now: yield* DateTime.now })
 * @category Signing
 * @since 0.1.0
 */
export const verify: (
  request: SignableRequest,
  options: VerifyOptions
) => Effect.Effect<{ readonly ak: string }, SignatureRefused, Mac.Mac | Digest.Digest> = Effect.fnUntraced(
  function* (request, options) {
    const claim = readClaim(request, options)
    if (Result.isFailure(claim)) return yield* claim.failure
    const { ak, signedHeaders } = claim.success.authorization

    const declared = declaredPayloadHash(request.headers)
    const canonical = canonicalRequest(request, signedHeaders, declared ?? (yield* bodyHash(request.body)))
    const key = knownKey(ak, options)
    const isSigned = yield* isSignedWith(claim.success, key ?? decoy, yield* canonicalRequestHash(canonical))
    const isBody =
      declared === undefined ||
      declared === unsignedPayload ||
      key === undefined ||
      !isSigned ||
      declared === (yield* bodyHash(request.body))
    return yield* Effect.fromResult(verdict(ak, key, isSigned, isBody))
  }
)
