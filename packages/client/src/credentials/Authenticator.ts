import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as SdkHmacSha256 from "../signing/SdkHmacSha256.ts"
import type { SignableRequest } from "../signing/SignableRequest.ts"
import { signerOf } from "../signing/SynchronousHashes.ts"
import * as V11HmacSha256 from "../signing/V11HmacSha256.ts"
import type { AccessKeyCredential, Credential } from "./Credentials.ts"
import * as SigningClock from "./SigningClock.ts"

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
  readonly body?: string | undefined
}

/** Shows the credentials of one client in its requests. */
export interface Authenticator {
  /** The clock that dates signatures. */
  readonly clock: SigningClock.SigningClock
  /**
   * The headers that authenticate a request: `X-Auth-Token`, or a signature made
   * anew with the time of this attempt, and with it the type of a body that was
   * signed.
   */
  readonly authenticate: (
    credential: Credential,
    request: UnauthenticatedRequest
  ) => Effect.Effect<Record<string, string>>
}

/** @param derived region and service of derived signatures (V11-HMAC-SHA256); SDK-HMAC-SHA256 if absent */
export const make = Effect.fnUntraced(function* (derived?: {
  readonly region: string
  readonly service: "cbr" | "iam"
}) {
  const clock = yield* SigningClock.make
  const mac = yield* Mac.Mac
  // Only these services: with the whole context, a span that was open when a layer was built would become the parent of
  // every request.
  const cryptography = Context.make(Mac.Mac, mac).pipe(Context.add(Digest.Digest, yield* Digest.Digest))
  const signer = derived === undefined ? signerOf(mac) : undefined

  const sign = ({ accessKey }: AccessKeyCredential, request: SignableRequest) =>
    signer === undefined
      ? Effect.flatMap(clock.now, (date) => {
          const options = { accessKey, date }
          const signed =
            derived === undefined
              ? SdkHmacSha256.sign(request, options)
              : V11HmacSha256.sign(request, { ...options, ...derived })
          return Effect.provideContext(signed, cryptography)
        })
      : Effect.map(clock.now, (date) => signer(request, { accessKey, date }))

  const authenticate: Authenticator["authenticate"] = (
    credential,
    { body, method, origin, path, project_id, query }
  ) => {
    if (credential._tag === "Token") return Effect.succeed({ "x-auth-token": Redacted.value(credential.token) })
    const headers: Record<string, string> = { host: hostOf(origin) }
    if (project_id !== undefined) headers["x-project-id"] = project_id
    if (body !== undefined) headers["content-type"] = "application/json"
    // The transport writes the same `Host` from the address.
    return Effect.map(sign(credential, { method, path, query, headers, body }), ({ host: _, ...rest }) => rest)
  }
  return { clock, authenticate } satisfies Authenticator
})

// A client calls one origin or two.
let last: { readonly origin: string; readonly host: string } | undefined

const hostOf = (origin: string): string => {
  if (last?.origin !== origin) last = { origin, host: new URL(origin).host }
  return last.host
}
