import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AccessKey } from "./AccessKey.ts"
import { type Authorization, parse } from "./Authorization.ts"
import { headerValue, type SignableRequest } from "./SignableRequest.ts"
import { type SignatureRefusal, SignatureRefused } from "./SignatureRefused.ts"
import { parseSigningDate } from "./SigningDate.ts"
import * as V11HmacSha256 from "./V11HmacSha256.ts"

/**
 * The value of `x-sdk-content-sha256` that leaves the body out of the signature.
 * @category Signing
 * @since 0.1.0
 */
export const unsignedPayload = "UNSIGNED-PAYLOAD"

/**
 * How far `x-sdk-date` may be from the verifier's clock, either way, as the service has it.
 * @category Signing
 * @since 0.1.0
 */
export const defaultWindow = Duration.minutes(15)

/**
 * What a verification needs beside the request.
 * @category Signing
 * @since 0.1.0
 */
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
export interface Claim {
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
export const readClaim = (request: SignableRequest, options: VerifyOptions): Result.Result<Claim, SignatureRefused> => {
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

// An unknown key costs the same hashes as a wrong signature: a caller gets one answer for both, and the time must not
// tell which keys exist.
export const decoy: AccessKey = { ak: "UNKNOWN", sk: Redacted.make("unknown") }

export const knownKey = (ak: string, options: VerifyOptions): AccessKey | undefined => {
  const sk = options.secretKeyOf(ak)
  return sk === undefined || Redacted.value(sk) === "" ? undefined : { ak, sk }
}

/**
 * What a verification comes to.
 *
 * @param isSigned whether the signature is that of the key, or of the {@link decoy}
 * @param isBody whether the payload's declared hash is the body's; asked only of a request that is signed
 */
export const verdict = (
  ak: string,
  key: AccessKey | undefined,
  isSigned: boolean,
  isBody: boolean
): Result.Result<{ readonly ak: string }, SignatureRefused> => {
  if (key === undefined) return Result.fail(new SignatureRefused({ reason: "UnknownAccessKey", ak }))
  if (!isSigned) return Result.fail(new SignatureRefused({ reason: "SignatureMismatch", ak }))
  return isBody ? Result.succeed({ ak }) : Result.fail(new SignatureRefused({ reason: "PayloadMismatch", ak }))
}
