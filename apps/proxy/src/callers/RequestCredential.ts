import { hashes } from "@cbr/client/node"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { declaresEmptyJsonBody, emptyJsonBody } from "../http/EmptyJsonBody.ts"
import { type RequestHead, valuesOf } from "../http/RequestHead.ts"
import { ProxyError } from "../problems/ProxyError.ts"

/** The credential that a request shows; not yet verified. */
export type RequestCredential =
  /** By its SHA-256 in hex: nothing behind this needs the key itself. */
  | { readonly _tag: "ApiKey"; readonly hash: string }
  | { readonly _tag: "Jwt"; readonly token: Redacted.Redacted<string> }
  /** The signature is over the request itself. */
  | { readonly _tag: "SdkSignature"; readonly head: RequestHead; readonly body: Uint8Array }

/** A request as presented, with its signature. */
export type Signed = Extract<RequestCredential, { _tag: "SdkSignature" }>

/** The edge lets a GET have no other. */
const bodyOfGet = (head: RequestHead): Uint8Array => (declaresEmptyJsonBody(head) ? emptyJsonBody : nothing)

const nothing = new Uint8Array()

/**
 * The one credential that a caller shows: a key in `X-Auth-Token`, where the
 * cloud expects a token, in `X-Api-Key`, or as `Authorization: Bearer`; a JWT
 * as `Authorization: Bearer`; or a signature in `Authorization`. Two of them
 * are refused, even if equal: each reader might count another one.
 *
 * @param body of a POST, as received; a signature covers it
 */
export const requestCredential = (head: RequestHead, body?: Uint8Array): Exit.Exit<RequestCredential, ProxyError> => {
  const tokens = valuesOf(head, "x-auth-token")
  const keys = valuesOf(head, "x-api-key")
  const authorizations = valuesOf(head, "authorization")
  if (tokens.length + keys.length + authorizations.length > 1) return severalShown
  const [authorization] = authorizations
  const credential =
    authorization === undefined ? ofKey(tokens[0] ?? keys[0]) : ofAuthorization(authorization, head, body)
  return credential === undefined ? noneShown : Exit.succeed(credential)
}

const ofKey = (key: string | undefined): RequestCredential | undefined =>
  key === undefined || key === "" ? undefined : { _tag: "ApiKey", hash: hashes.sha256(key) }

const bearer = /^Bearer +(\S+)$/i
const signature = /^(?:SDK|V11)-[A-Z0-9-]+ /

/** Whether the request is signed: then its caller is known only from head and body together. */
export const isSigned = (head: RequestHead): boolean =>
  valuesOf(head, "authorization").some((value) => signature.test(value))

/** A JOSE header in base64url begins with `{"`, so with these three letters; no key that the proxy makes does. */
const jwt = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/

const ofAuthorization = (value: string, head: RequestHead, body = bodyOfGet(head)): RequestCredential | undefined => {
  if (signature.test(value)) return { _tag: "SdkSignature", head, body }
  const token = bearer.exec(value)?.[1]
  return token !== undefined && jwt.test(token) ? { _tag: "Jwt", token: Redacted.make(token) } : ofKey(token)
}

const fields = {
  reason: "Unauthenticated",
  message: "the request shows no credential that this proxy knows",
  headers: { "www-authenticate": 'Bearer realm="cbr-proxy", SDK-HMAC-SHA256 realm="cbr-proxy"' }
} as const

/** One answer for no credential and for a wrong one. */
export const unauthenticated = new ProxyError(fields)

/** The same answer, with a reason that only the operator reads. */
export const unauthenticatedBecause = (why: string): ProxyError => new ProxyError({ ...fields, why })

const noneShown = Exit.fail(unauthenticated)
const severalShown = Exit.fail(
  new ProxyError({ reason: "BadRequest", message: "the request shows more than one credential" })
)
