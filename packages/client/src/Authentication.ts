import type * as Digest from "effect/crypto/Digest"
import type * as Mac from "effect/crypto/Mac"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Credential } from "./credentials/Credentials.ts"
import * as SdkHmacSha256 from "./signing/SdkHmacSha256.ts"

/** A GET that is to be authenticated. */
export interface UnauthenticatedRequest {
  /** Origin that is called; its host is signed. */
  readonly origin: string
  /** Path as it will be sent. */
  readonly path: string
  /** Query as it will be sent, without `?`. */
  readonly query: string
  /** Project of the call; signed as `X-Project-Id`. */
  readonly project_id?: string
}

/**
 * The headers that authenticate a request: `X-Auth-Token`, or a signature made
 * anew with the time of this attempt.
 */
export const authenticate = Effect.fnUntraced(function* (
  credential: Credential,
  request: UnauthenticatedRequest
): Effect.fn.Return<Record<string, string>, never, Mac.Mac | Digest.Digest> {
  if (credential._tag === "Token") return { "x-auth-token": Redacted.value(credential.token) }
  // The transport writes the same `Host` from the address.
  const { host: _, ...headers } = yield* SdkHmacSha256.sign(
    {
      method: "GET",
      path: request.path,
      query: request.query,
      headers: {
        host: new URL(request.origin).host,
        ...(request.project_id === undefined ? {} : { "x-project-id": request.project_id })
      }
    },
    { accessKey: credential.accessKey, date: yield* DateTime.now }
  )
  return headers
})
