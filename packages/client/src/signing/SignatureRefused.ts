import * as Schema from "effect/Schema"

/**
 * Why a signed request is refused.
 * @category Signing
 * @since 0.1.0
 */
export const SignatureRefusal = Schema.Literals([
  "MissingAuthorization",
  "MalformedAuthorization",
  "UnsupportedAlgorithm",
  "MissingSignedDate",
  "MalformedSignedDate",
  "MissingSignedHeader",
  "OutsideClockWindow",
  "MalformedTarget",
  "ScopeMismatch",
  "UnknownAccessKey",
  "PayloadMismatch",
  "SignatureMismatch"
])
export type SignatureRefusal = typeof SignatureRefusal.Type

const messages: Readonly<Record<SignatureRefusal, string>> = {
  MissingAuthorization: "the request carries no Authorization header",
  MalformedAuthorization:
    "the Authorization header is not of the form <algorithm> Access=<AK>, SignedHeaders=<a;b>, Signature=<hex>, with lower-case names in ascending order",
  UnsupportedAlgorithm: "the request is signed with an algorithm that is not accepted here",
  MissingSignedDate: "x-sdk-date is missing, or not among the signed headers",
  MalformedSignedDate: "x-sdk-date is not of the form YYYYMMDDTHHMMSSZ",
  MissingSignedHeader: "a header named in SignedHeaders is not in the request",
  OutsideClockWindow: "x-sdk-date is too far from the time here: check the clock",
  MalformedTarget: "the path or the query holds a % that begins no escape",
  ScopeMismatch: "the credential's date, region or service is not the one expected here",
  UnknownAccessKey: "the access key is not known here",
  PayloadMismatch: "the body is not the one that x-sdk-content-sha256 declares",
  SignatureMismatch: "the signature does not belong to this request and key"
}

/**
 * A request whose signature does not admit it. Says which rule it broke; holds neither signature, canonical request nor
 * secret, so the message is safe to show.
 * @category Signing
 * @since 0.1.0
 */
export class SignatureRefused extends Schema.TaggedError<SignatureRefused>()("SignatureRefused", {
  reason: SignatureRefusal,
  /** The access key id that the request claims, as soon as its Authorization header could be read. */
  ak: Schema.optionalKey(Schema.String),
  /** The requested algorithm, if the cloud has it and this verifier does not accept it. */
  algorithm: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return this.algorithm === undefined ? messages[this.reason] : `${messages[this.reason]}: ${this.algorithm}`
  }
}
