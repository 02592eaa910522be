import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type Authorization, type CredentialScope, parse } from "./Authorization.ts"
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
 * The largest difference of `x-sdk-date` from the verifier's clock, either way, as the service has it.
 * @category Signing
 * @since 0.1.0
 */
export const defaultWindow = Duration.minutes(15)

/**
 * The settings of a verification.
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
  /** The regions for which V11-HMAC-SHA256 is accepted; it needs `service` too. Otherwise that algorithm is refused. */
  readonly region?: string | ReadonlyArray<string> | undefined
  readonly service?: string | undefined
}

/** The signature that a request claims, once every check without a hash has passed. */
export interface Claim {
  readonly authorization: Authorization
  /** The value of `x-sdk-date`, well-formed and within the window. */
  readonly date: string
}

const strayPercent = /%(?![0-9A-Fa-f]{2})/

const hasStrayPercent = (text: string): boolean => text.includes("%") && strayPercent.test(text)

const isInScope = ({ day, region, service }: CredentialScope, date: string, options: VerifyOptions): boolean =>
  day === date.slice(0, 8) && service === options.service && [options.region].flat().includes(region)

/** Checks all that needs no hash, the cheapest first. */
export const readClaim = (request: SignableRequest, options: VerifyOptions): Result.Result<Claim, SignatureRefused> => {
  const parsed = parse(headerValue(request.headers, "authorization") ?? "")
  if (Result.isFailure(parsed)) return Result.fail(parsed.failure)
  const authorization = parsed.success
  const { ak, algorithm, signedHeaders } = authorization
  if (algorithm === V11HmacSha256.algorithm && (options.region === undefined || options.service === undefined)) {
    return Result.fail(new SignatureRefused({ reason: "UnsupportedAlgorithm", ak, algorithm }))
  }

  const refuse = (reason: SignatureRefusal) => Result.fail(new SignatureRefused({ reason, ak }))
  const date = headerValue(request.headers, "x-sdk-date")
  if (date === undefined || !signedHeaders.includes("x-sdk-date")) return refuse("MissingSignedDate")
  const signedAt = parseSigningDate(date)
  if (signedAt === undefined) return refuse("MalformedSignedDate")
  const window = Duration.toMillis(options.window ?? defaultWindow)
  if (Math.abs(options.now.epochMilliseconds - signedAt) > window) return refuse("OutsideClockWindow")
  if ("scope" in authorization && !isInScope(authorization.scope, date, options)) return refuse("ScopeMismatch")
  if (signedHeaders.some((name) => headerValue(request.headers, name) === undefined)) {
    return refuse("MissingSignedHeader")
  }
  if (hasStrayPercent(request.path) || hasStrayPercent(request.query)) return refuse("MalformedTarget")
  return Result.succeed({ authorization, date })
}
