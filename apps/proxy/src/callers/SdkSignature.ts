import {
  SdkHmacSha256,
  type SignableRequest,
  unsignedPayload,
  verify,
  verifyNow,
  type VerifyOptions
} from "@cbr/client/signing"
import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { hashes } from "../crypto/Hashes.node.ts"
import type { RequestHead } from "../http/RequestHead.ts"
import { Refusal } from "../problems/Refusal.ts"
import type { Caller, Known } from "../rights/Caller.ts"
import type { Signed } from "./PresentedCredential.ts"

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
 * it has been used before is for `Replay.ts` to tell.
 *
 * All refusals have one text and take the same path, so that nobody learns
 * which key ids exist; the reason stands in the log.
 */
export const verifier = (
  options: SdkSignatureOptions
): Effect.Effect<(presented: Signed) => Effect.Effect<Known, Refusal>, never, Mac.Mac | Digest.Digest> =>
  Effect.map(Effect.context<Mac.Mac | Digest.Digest>(), (context) =>
    Effect.fnUntraced(function* ({ body, head }) {
      const request = signableRequest(head, body)
      if (leavesBodyOut(request, body)) return yield* signatureRefused("UnsignedPayload")
      const { ak } = yield* verify(request, verifyOptions(options, yield* DateTime.now)).pipe(
        Effect.catchTag("SignatureRefused", ({ reason }) => Effect.fail(signatureRefused(reason))),
        Effect.provideContext(context)
      )
      return options.accessKeys.get(ak) ?? (yield* signatureRefused("UnknownAccessKey"))
    })
  )

/** The same without waiting; `undefined` for what {@link verifier} refuses, and for a V11 signature. */
export const verifierNow =
  (options: SdkSignatureOptions) =>
  ({ body, head }: Signed, now: DateTime.Utc): Known | undefined => {
    const request = signableRequest(head, body)
    if (leavesBodyOut(request, body)) return undefined
    const verified = verifyNow(request, verifyOptions(options, now), hashes)
    return verified === undefined || Result.isFailure(verified)
      ? undefined
      : options.accessKeys.get(verified.success.ak)
  }

const verifyOptions = ({ accessKeys, derived }: SdkSignatureOptions, now: DateTime.Utc): VerifyOptions => ({
  secretKeyOf: (id) => accessKeys.get(id)?.sk,
  now,
  region: derived?.region,
  service: derived?.service
})

const leavesBodyOut = (request: SignableRequest, body: Uint8Array): boolean =>
  body.length > 0 && request.headers["x-sdk-content-sha256"] === unsignedPayload

/** A field that came twice is left out: a signature that covers it covers one of them, and nobody knows which. */
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
export const signatureRefused = (why: string): Refusal =>
  new Refusal({
    reason: "Unauthenticated",
    message: `the request has no ${SdkHmacSha256.algorithm} signature that this proxy accepts: check the access key and its secret (without a line's end), the clock, and that nothing on the way changes what is signed`,
    why,
    headers: { "www-authenticate": `${SdkHmacSha256.algorithm} realm="cbr-proxy"` }
  })
