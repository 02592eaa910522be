import type * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { AccessKey } from "./AccessKey.ts"
import type { SignableRequest } from "./SignableRequest.ts"
import { formatSigningDate } from "./SigningDate.ts"

/**
 * The request's headers with those that signing adds, and the names that the signature covers.
 */
export interface HeadersToSign {
  /** The value of `x-sdk-date`. */
  readonly date: string
  /** All headers to send but `authorization`. */
  readonly headers: Readonly<Record<string, string>>
  /** Lower-case names in ascending order. */
  readonly signedHeaders: ReadonlyArray<string>
}

// Gateways drop names with "_", and the sender of a multipart body writes its boundary after the signature.
const isSigned = (name: string, value: string): boolean =>
  !name.includes("_") && !(name === "content-type" && value.includes("multipart/form-data"))

/**
 * Adds `x-sdk-date` and, for a temporary key, `x-security-token`; an `authorization` that was there is dropped.
 * Every header is signed whose name holds no `_`, except the `content-type` of a multipart body.
 */
export const headersToSign = (request: SignableRequest, accessKey: AccessKey, date: DateTime.Utc): HeadersToSign => {
  const signingDate = formatSigningDate(date)
  const { authorization: _, ...kept } = request.headers
  const headers: Record<string, string> = { ...kept, "x-sdk-date": signingDate }
  if (accessKey.security_token !== undefined) headers["x-security-token"] = Redacted.value(accessKey.security_token)
  return { date: signingDate, headers, signedHeaders: signedNames(headers) }
}

const signedNames = (headers: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const names = Object.keys(headers)
  const { length } = names
  if (length === last.names.length && names.every((name, at) => name === last.names[at])) return last.signed
  const signed = names.filter((name) => isSigned(name, headers[name]!)).sort()
  // The name of a header decides whether it is signed, but for the type of a body.
  if (!("content-type" in headers)) last = { names, signed }
  return signed
}

// The requests of a client have the same headers.
let last: { readonly names: ReadonlyArray<string>; readonly signed: ReadonlyArray<string> } = { names: [], signed: [] }
