import * as Result from "effect/Result"
import { SignatureRefused } from "./SignatureRefused.ts"

interface Claim {
  readonly ak: string
  /** Lower-case names in ascending order, each once. */
  readonly signedHeaders: ReadonlyArray<string>
  /** 64 lower-case hex digits. */
  readonly signature: string
}

/**
 * The day, region and service for which a V11 credential is valid.
 * @category Signing
 * @since 0.1.0
 */
export interface CredentialScope {
  /** The UTC day of the signature, `YYYYMMDD`. */
  readonly day: string
  readonly region: string
  readonly service: string
}

/**
 * The `Authorization` header of a signed request, read.
 * @category Signing
 * @since 0.1.0
 */
export type Authorization =
  | (Claim & { readonly algorithm: "SDK-HMAC-SHA256" })
  | (Claim & { readonly algorithm: "V11-HMAC-SHA256"; readonly scope: CredentialScope })

/**
 * The third line of a V11 string to sign, and the tail of its credential: `YYYYMMDD/<region>/<service>`.
 * @category Signing
 * @since 0.1.0
 */
export const scopeInfo = (scope: CredentialScope): string => `${scope.day}/${scope.region}/${scope.service}`

/**
 * The header's text, to the byte as the official SDKs write it.
 * @category Signing
 * @since 0.1.0
 */
export const format = (authorization: Authorization): string => {
  const credential =
    authorization.algorithm === "SDK-HMAC-SHA256"
      ? `Access=${authorization.ak}`
      : `Credential=${authorization.ak}/${scopeInfo(authorization.scope)}`
  return `${authorization.algorithm} ${credential}, SignedHeaders=${authorization.signedHeaders.join(
    ";"
  )}, Signature=${authorization.signature}`
}

// Beyond what 100 signed headers need; keeps the work on a hostile header small.
const maxLength = 8192

// AK: visible ASCII but the two separators, "," and "/". Header names: RFC 9110 tokens in lower case, without "_".
const ak = "([!-+\\-.0-~]{1,128})"
const label = "[A-Za-z0-9-]{1,64}"
const shape = new RegExp(
  `^(?:SDK-HMAC-SHA256 Access=${ak}|V11-HMAC-SHA256 Credential=${ak}/(\\d{8})/(${label})/(${label}))` +
    ", ?SignedHeaders=([a-z0-9!#$%&'*+.^`|~;-]+), ?Signature=([0-9a-f]{64})$"
)

// The cloud's other algorithms; anything else, such as a bare token in the wrong header, is not repeated.
const refusedByName: ReadonlySet<string> = new Set(["SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3"])

const malformed = () => Result.fail(new SignatureRefused({ reason: "MalformedAuthorization" }))

/** The names of a `SignedHeaders` list when they ascend strictly, which also means that none is empty or repeated. */
const ascendingNames = (list: string): ReadonlyArray<string> | undefined => {
  const names = list.split(";")
  let previous = ""
  for (const name of names) {
    if (name <= previous || name === "authorization") return undefined
    previous = name
  }
  return names
}

const parseForm = (header: string): Result.Result<Authorization, SignatureRefused> => {
  const parts = shape.exec(header)
  const signedHeaders = parts === null ? undefined : ascendingNames(parts[6]!)
  if (parts === null || signedHeaders === undefined) return malformed()
  const signature = parts[7]!
  if (parts[1] !== undefined) {
    return Result.succeed({ algorithm: "SDK-HMAC-SHA256", ak: parts[1], signedHeaders, signature })
  }
  const scope = { day: parts[3]!, region: parts[4]!, service: parts[5]! }
  return Result.succeed({ algorithm: "V11-HMAC-SHA256", ak: parts[2]!, scope, signedHeaders, signature })
}

/**
 * Reads an `Authorization` header. Strict, because the SDKs write one form only: parameters once and in their order,
 * names in lower case and ascending, 64 lower-case hex digits, at most 8 KiB.
 *
 * Fails with `MissingAuthorization` (empty), `UnsupportedAlgorithm` (any scheme but the two; the cloud's own are named)
 * or `MalformedAuthorization`.
 * @category Signing
 * @since 0.1.0
 */
export const parse = (header: string): Result.Result<Authorization, SignatureRefused> => {
  if (header === "") return Result.fail(new SignatureRefused({ reason: "MissingAuthorization" }))
  if (header.length > maxLength) return malformed()
  if (header.startsWith("SDK-HMAC-SHA256 ") || header.startsWith("V11-HMAC-SHA256 ")) return parseForm(header)
  const [algorithm = ""] = header.split(" ", 1)
  const reason = "UnsupportedAlgorithm"
  return Result.fail(new SignatureRefused(refusedByName.has(algorithm) ? { reason, algorithm } : { reason }))
}
