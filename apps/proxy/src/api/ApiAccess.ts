import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Scope } from "../rights/Caller.ts"

/** Annotates a part of the API with its description. */
export const described = (description: string) => OpenApi.annotations({ description })

/** The scopes and the quota that a call needs beside a credential. */
export interface Access {
  /** The scopes that its caller needs, for the project in its path if there is one. */
  readonly scopes: ReadonlyArray<Scope>
  /** Whether it is one request of its caller's quota; a batch is as many as it has items, which it takes itself. */
  readonly isCharged: boolean
}

/** The access of a call; by default no scope, and one request of the quota. */
export const Access = Context.Reference<Access>("@cbr/proxy/openapi/Access", {
  defaultValue: () => ({ scopes: [], isCharged: true })
})

/** The annotations of an endpoint: its texts, and its {@link Access} if it has another than the default. */
export const documented = (summary: string, description?: string, access?: Access) => {
  const texts = OpenApi.annotations(description === undefined ? { summary } : { summary, description })
  return access === undefined ? texts : Context.add(texts, Access, access)
}

/** The access of a call that needs these scopes, and takes one request of the quota. */
export const needs = (...scopes: ReadonlyArray<Scope>): Access => ({ scopes, isCharged: true })

const shown = <S extends HttpApiSecurity.HttpApiSecurity>(security: S, description: string) =>
  HttpApiSecurity.annotateMerge(security, described(description))

/** The four kinds of credential; one to a request. */
export class Credential extends HttpApiMiddleware.Service<Credential>()("@cbr/proxy/openapi/Credential", {
  security: {
    Bearer: shown(HttpApiSecurity.bearer, "A key of the proxy's, or a JWT of an issuer that it trusts"),
    ApiKey: shown(HttpApiSecurity.apiKey({ in: "header", key: "X-Api-Key" }), "A key of the proxy's"),
    AuthToken: shown(
      HttpApiSecurity.apiKey({ in: "header", key: "X-Auth-Token" }),
      "A key of the proxy's, where the cloud takes a token"
    ),
    Signature: shown(
      HttpApiSecurity.apiKey({ in: "header", key: "Authorization" }),
      "SDK-HMAC-SHA256, signed with an access key of the proxy's as official SDKs do"
    )
  }
}) {}
