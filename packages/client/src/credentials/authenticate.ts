import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SdkHmacSha256 from "../signing/SdkHmacSha256.ts"
import type { SignableRequest } from "../signing/SignableRequest.ts"
import * as V11HmacSha256 from "../signing/V11HmacSha256.ts"
import type { Credential, TokenCredential } from "./Credentials.ts"

/** A request that is to be authenticated. */
export interface UnauthenticatedRequest {
  readonly method: "GET" | "POST"
  /** Origin that is called; its host is signed. */
  readonly origin: string
  /** Path as it will be sent. */
  readonly path: string
  /** Query as it will be sent, without `?`. */
  readonly query: string
  /** Project of the call; signed as `X-Project-Id`. */
  readonly project_id?: string
  /** JSON as it will be sent; signed together with its type. */
  readonly body?: string
}

/** How an access key signs. */
export interface Signing {
  /** The time of the signature. */
  readonly date: DateTime.Utc
  /** What a derived signature (V11-HMAC-SHA256) is good for; SDK-HMAC-SHA256 where absent. */
  readonly derived?: { readonly region: string; readonly service: "cbr" | "iam" } | undefined
}

/** The header that carries a token. */
export const tokenHeader = ({ token }: TokenCredential): Record<string, string> => ({
  "x-auth-token": Redacted.value(token)
})

/**
 * The headers that authenticate a request: `X-Auth-Token`, or a signature made
 * anew with the time of this attempt, and with it the type of a body that was
 * signed.
 */
export const authenticate = (
  credential: Credential,
  { body, method, origin, path, project_id, query }: UnauthenticatedRequest,
  { date, derived }: Signing
): Effect.Effect<Record<string, string>, never, Mac.Mac | Digest.Digest> => {
  if (credential._tag === "Token") return Effect.succeed(tokenHeader(credential))
  const headers: Record<string, string> = { host: hostOf(origin) }
  if (project_id !== undefined) headers["x-project-id"] = project_id
  if (body !== undefined) headers["content-type"] = "application/json"
  const request: SignableRequest = { method, path, query, headers, body }
  const { accessKey } = credential
  const signed =
    derived === undefined
      ? SdkHmacSha256.sign(request, { accessKey, date })
      : V11HmacSha256.sign(request, { accessKey, date, ...derived })
  // The transport writes the same `Host` from the address.
  return Effect.map(signed, ({ host: _, ...rest }) => rest)
}

// A client calls one origin or two.
let last: { readonly origin: string; readonly host: string } | undefined

const hostOf = (origin: string): string => {
  if (last?.origin !== origin) last = { origin, host: new URL(origin).host }
  return last.host
}
