import type * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type AccessKey, hmacKey } from "./AccessKey.ts"
import { type Authorization, parse, scopeInfo } from "./Authorization.ts"
import { bodyHash, canonicalRequest, canonicalRequestHash, declaredPayloadHash } from "./CanonicalRequest.ts"
import * as SdkHmacSha256 from "./SdkHmacSha256.ts"
import { headerValue, type SignableRequest } from "./SignableRequest.ts"
import { SignatureRefused, type SignatureRefusal } from "./SignatureRefused.ts"
import { parseSigningDate } from "./SigningDate.ts"
import * as V11HmacSha256 from "./V11HmacSha256.ts"

/** The value of `x-sdk-content-sha256` that leaves the body out of the signature. */
export const unsignedPayload = "UNSIGNED-PAYLOAD"

/** How far `x-sdk-date` may be from the verifier's clock, either way, as the service has it. */
export const defaultWindow = Duration.minutes(15)

export interface VerifyOptions {
  /**
   * The secret of an access key id; `undefined` when there is none. The id is the caller's claim, so look it up in a
   * `Map` or an own property. Give the same `Redacted` for the same secret: its HMAC key is made once.
   */
  readonly secretKeyOf: (ak: string) => Redacted.Redacted<string> | undefined
  readonly now: DateTime.Utc
  /** Defaults to {@link defaultWindow}. */
  readonly window?: Duration.Input | undefined
  /** With `service`, admits V11-HMAC-SHA256 for this region, or any of these; without, that algorithm is refused. */
  readonly region?: string | ReadonlyArray<string> | undefined
  readonly service?: string | undefined
}

/** What a request's head claims, once it is known to be worth a hash. */
interface Claim {
  readonly authorization: Authorization
  /** The value of `x-sdk-date`, well-formed and within the window. */
  readonly date: string
}

const strayPercent = /%(?![0-9A-Fa-f]{2})/

const hasStrayPercent = (text: string): boolean => text.includes("%") && strayPercent.test(text)

const algorithmProblem = (authorization: Authorization, options: VerifyOptions): SignatureRefused | undefined =>
  authorization.algorithm === V11HmacSha256.algorithm && (options.region === undefined || options.service === undefined)
    ? new SignatureRefused({
        reason: "UnsupportedAlgorithm",
        ak: authorization.ak,
        algorithm: authorization.algorithm
      })
    : undefined

const dateProblem = (date: string, options: VerifyOptions): SignatureRefusal | undefined => {
  const signedAt = parseSigningDate(date)
  if (signedAt === undefined) return "MalformedSignedDate"
  return Math.abs(options.now.epochMilliseconds - signedAt) > Duration.toMillis(options.window ?? defaultWindow)
    ? "OutsideClockWindow"
    : undefined
}

const scopeProblem = (
  authorization: Authorization,
  date: string,
  options: VerifyOptions
): SignatureRefusal | undefined => {
  if (authorization.algorithm !== V11HmacSha256.algorithm) return undefined
  const { day, region, service } = authorization.scope
  const isRegion = typeof options.region === "string" ? region === options.region : options.region?.includes(region)
  return day === date.slice(0, 8) && isRegion === true && service === options.service ? undefined : "ScopeMismatch"
}

const lacksSignedHeader = (request: SignableRequest, signedHeaders: ReadonlyArray<string>): boolean =>
  signedHeaders.some((name) => headerValue(request.headers, name) === undefined)

/** All that can be refused without a hash, the cheapest first. */
const readClaim = (request: SignableRequest, options: VerifyOptions): Result.Result<Claim, SignatureRefused> => {
  const parsed = parse(headerValue(request.headers, "authorization") ?? "")
  if (Result.isFailure(parsed)) return Result.fail(parsed.failure)
  const authorization = parsed.success
  const { ak, signedHeaders } = authorization
  const refuse = (reason: SignatureRefusal) => Result.fail(new SignatureRefused({ reason, ak }))

  const unsupported = algorithmProblem(authorization, options)
  if (unsupported !== undefined) return Result.fail(unsupported)
  const date = headerValue(request.headers, "x-sdk-date")
  if (date === undefined || !signedHeaders.includes("x-sdk-date")) return refuse("MissingSignedDate")
  const problem = dateProblem(date, options) ?? scopeProblem(authorization, date, options)
  if (problem !== undefined) return refuse(problem)
  if (lacksSignedHeader(request, signedHeaders)) return refuse("MissingSignedHeader")
  if (hasStrayPercent(request.path) || hasStrayPercent(request.query)) return refuse("MalformedTarget")
  return Result.succeed({ authorization, date })
}

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

// An unknown key costs the same hashes as a wrong signature, so that time does not tell which keys exist to a caller
// who gets one answer for both.
const decoy: AccessKey = { ak: "UNKNOWN", sk: Redacted.make("unknown") }

const knownKey = (ak: string, options: VerifyOptions): AccessKey | undefined => {
  const sk = options.secretKeyOf(ak)
  return sk === undefined || Redacted.value(sk) === "" ? undefined : { ak, sk }
}

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
    if (key === undefined) return yield* new SignatureRefused({ reason: "UnknownAccessKey", ak })
    if (!isSigned) return yield* new SignatureRefused({ reason: "SignatureMismatch", ak })
    if (declared !== undefined && declared !== unsignedPayload && declared !== (yield* bodyHash(request.body))) {
      return yield* new SignatureRefused({ reason: "PayloadMismatch", ak })
    }
    return { ak }
  }
)
