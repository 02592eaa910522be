import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Refusal } from "../edge/Refusal.ts"
import { type RequestHead, valuesOf } from "../edge/RequestHead.ts"

/** What a request shows of who sends it; not yet believed. */
export type PresentedCredential = { readonly _tag: "ApiKey"; readonly key: Redacted.Redacted<string> }

/**
 * The one credential that a caller shows: in `X-Auth-Token`, where the cloud
 * expects a token, or as `Authorization: Bearer`. Two of them are refused, even if
 * equal: which one counts would be a matter of who reads.
 */
export const presentedCredential = (head: RequestHead): Effect.Effect<PresentedCredential, Refusal> => {
  const tokens = valuesOf(head, "x-auth-token")
  const authorizations = valuesOf(head, "authorization")
  if (tokens.length + authorizations.length > 1) {
    return Effect.fail(new Refusal({ reason: "BadRequest", message: "the request shows more than one credential" }))
  }
  const key = tokens[0] ?? bearer(authorizations[0])
  return key === undefined || key === ""
    ? Effect.fail(unauthenticated)
    : Effect.succeed({ _tag: "ApiKey", key: Redacted.make(key) })
}

const bearer = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^Bearer +(\S+)$/i.exec(authorization)?.[1]

/** One answer for no credential and for a wrong one. */
export const unauthenticated = new Refusal({
  reason: "Unauthenticated",
  message: "the request shows no key that this proxy knows",
  headers: { "www-authenticate": 'Bearer realm="cbr-proxy"' }
})
