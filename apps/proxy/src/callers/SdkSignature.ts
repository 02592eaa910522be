import { hashes } from "@cbr/client/node"
import { SdkHmacSha256, type SignableRequest, unsignedPayload, verify, type VerifyOptions } from "@cbr/client/signing"
import type * as DateTime from "effect/DateTime"
import * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import type { RequestHead } from "../http/RequestHead.ts"
import { failureOf } from "../problems/EndedEffect.ts"
import { ProxyError } from "../problems/ProxyError.ts"
import type { Caller, VerifiedCaller } from "../rights/Caller.ts"
import type { Signed } from "./RequestCredential.ts"

/** A key pair that the proxy has issued. */
export interface IssuedAccessKey {
  /** Kept whole, not as a hash: verifying a signature takes the secret itself. One instance for each secret. */
  readonly sk: Redacted.Redacted<string>
  readonly caller: Caller
  /** See `Revocations`. */
  readonly revocation_id: string
}

export interface SdkSignatureOptions {
  /** By access key id. */
  readonly accessKeys: ReadonlyMap<string, IssuedAccessKey>
  /** Admits V11-HMAC-SHA256 as well, for these regions and this service; without, it is refused by name. */
  readonly derived?: { readonly region: string | ReadonlyArray<string>; readonly service: string } | undefined
}

/**
 * Knows callers by the signature of their request, made with a key pair that
 * the proxy has issued: what the official SDKs send when only their endpoint
 * is changed. It is verified over the head as received; `X-Sdk-Date` has to be
 * signed, and may be 15 minutes off. A signature is good for that long; whether
 * it has been used before is for `ReplayProtection.ts` to tell.
 *
 * All refusals have one text and take the same path, so that no caller learns
 * which key ids exist; the reason stands in the log.
 */
export const verifier =
  (options: SdkSignatureOptions) =>
  ({ body, head }: Signed, now: DateTime.Utc): Exit.Exit<VerifiedCaller, ProxyError> => {
    const request = signableRequest(head, body)
    if (leavesBodyOut(request, body)) return Exit.fail(signatureRefused("UnsignedPayload"))
    const verified = verify(request, verifyOptions(options, now), hashes)
    if (Exit.isFailure(verified)) return Exit.fail(signatureRefused(failureOf(verified).reason))
    const known = options.accessKeys.get(verified.value.ak)
    return known === undefined ? Exit.fail(signatureRefused("UnknownAccessKey")) : Exit.succeed(known)
  }

const verifyOptions = ({ accessKeys, derived }: SdkSignatureOptions, now: DateTime.Utc): VerifyOptions => ({
  secretKeyOf: (id) => accessKeys.get(id)?.sk,
  now,
  region: derived?.region,
  service: derived?.service
})

const leavesBodyOut = (request: SignableRequest, body: Uint8Array): boolean =>
  body.length > 0 && request.headers["x-sdk-content-sha256"] === unsignedPayload

/** A field that came twice is left out: a signature that covers it covers one of them, and it is unknown which. */
const signableRequest = (head: RequestHead, body: Uint8Array): SignableRequest => {
  // Without a prototype any name is a name like any other.
  const headers: Record<string, string> = Object.create(null)
  let repeated: Array<string> | undefined
  for (const [name, value] of head.fields) {
    if (name in headers) (repeated ??= []).push(name)
    headers[name] = value
  }
  if (repeated !== undefined) for (const name of repeated) delete headers[name]
  const mark = head.target.indexOf("?")
  return {
    method: head.method,
    path: mark < 0 ? head.target : head.target.slice(0, mark),
    query: mark < 0 ? "" : head.target.slice(mark + 1),
    headers,
    body
  }
}

/** One text for all that is wrong with a signature, and a word for the operator. */
export const signatureRefused = (why: string): ProxyError =>
  new ProxyError({
    reason: "Unauthenticated",
    message: `the request has no ${SdkHmacSha256.algorithm} signature that this proxy accepts: check the access key and its secret (without a line's end), the clock, and that nothing on the way changes what is signed`,
    why,
    headers: { "www-authenticate": `${SdkHmacSha256.algorithm} realm="cbr-proxy"` }
  })
